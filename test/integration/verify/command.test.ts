import { chmodSync, mkdirSync, readFileSync, renameSync } from 'node:fs';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { VerifyLab, warningsOf } from './lab.ts';

const lab = new VerifyLab();
const CHAIN = 'certs/api.test-fullchain.pem';

beforeAll(async () => {
  expect((await lab.devca('init', '--no-trust')).status).toBe(0);
  await lab.devca('issue', 'api.test', '--out', 'certs');
  await lab.devca('issue', 'ada', '--profile', 'client', '--out', 'certs');
});

describe('devca verify', () => {
  it('accepts what devca issued: the fullchain file, the name, the folder', async () => {
    expect(await lab.target(CHAIN, '--host', 'api.test', '--key', 'certs/api.test-key.pem')).toMatchObject({
      status: 0,
      valid: true,
      problems: [],
      warnings: [],
    });
    expect(await lab.target('api.test')).toMatchObject({
      status: 0,
      valid: true,
      target: 'api.test',
      purpose: 'server',
    });
    expect(await lab.target('ada')).toMatchObject({ status: 0, valid: true, purpose: 'client' });
    const folder = await lab.report('certs');
    expect(folder).toMatchObject({ status: 0, valid: true });
    expect(folder.targets.map(({ target, purpose }) => [target, purpose])).toEqual([
      ['certs/ada-client-fullchain.pem', 'client'],
      [CHAIN, 'server'],
    ]);
    expect(folder.leftOut.map(({ file }) => file)).toContain('certs/api.test.pem');
  });

  it('has the document that others rely on', async () => {
    const { out } = await lab.devca('verify', 'certs/api.test.pem', '--report', 'json');
    const subject = expect.stringMatching(/^CN=/);
    const sha256 = expect.stringMatching(/^[0-9a-f]{64}$/);
    expect(JSON.parse(out)).toMatchObject({
      schema: 1,
      valid: false,
      targets: [
        {
          target: 'certs/api.test.pem',
          valid: false,
          chain: [{ subject, sha256 }],
          problems: [
            {
              code: expect.any(String),
              message: expect.any(String),
              certificate: { subject, sha256 },
              fix: expect.any(String),
              rfc: expect.any(String),
            },
          ],
          warnings: [],
        },
      ],
    });
  });

  it('misses the intermediate that only the inventory has, and names the fullchain file', async () => {
    const leaf = await lab.target('certs/api.test.pem');
    expect(leaf).toMatchObject({ status: 4, codes: ['DEVCA_PATH_MISSING_INTERMEDIATE'] });
    expect(leaf.problems[0]?.fix).toBe(`serve the fullchain file instead: ${lab.path(CHAIN)}`);
    expect(await lab.target('certs/api.test.pem', '--intermediates', CHAIN)).toMatchObject({
      status: 0,
      valid: true,
    });
  });

  it('says what was expected beside what is there', async () => {
    const { out, status } = await lab.devca('verify', CHAIN, '--host', 'other.test');
    expect(status).toBe(4);
    for (const words of [
      'bad  certs/api.test-fullchain.pem',
      '[DEVCA_NAME_MISMATCH]',
      'expected     other.test',
      'presented    DNS:api.test',
      'rule         RFC 9525 section 6',
      'SHA-256 ',
    ])
      expect(out).toContain(words);
  });

  it('takes names of all kinds, each of which must be there', async () => {
    const both = await lab.target(
      CHAIN,
      '--host',
      'api.test',
      '--host',
      '127.0.0.1',
      '--email',
      'a@b.test',
      '--uri',
      'spiffe://x/y',
    );
    expect(both.codes).toEqual(['DEVCA_NAME_ABSENT', 'DEVCA_NAME_ABSENT', 'DEVCA_NAME_ABSENT']);
  });

  it('compares keys, asks for days, and goes back and forth in time', async () => {
    expect((await lab.target(CHAIN, '--key', 'certs/ada-client-key.pem')).codes).toEqual([
      'DEVCA_KEY_MISMATCH',
    ]);
    expect((await lab.target(CHAIN, '--min-days', '500')).codes).toEqual(['DEVCA_DAYS_LEFT']);
    expect((await lab.target(CHAIN, '--at', '2020-01-01')).codes).toContain('DEVCA_PATH_NOT_YET_VALID');
    expect((await lab.target(CHAIN, '--at', '2199-01-01T00:00:00Z')).codes).toContain('DEVCA_PATH_EXPIRED');
    expect((await lab.devca('verify', CHAIN, '--at', 'tomorrow')).error).toContain('[DEVCA_USAGE_VALUE]');
  });

  it('holds a certificate against another purpose and policy', async () => {
    expect((await lab.target(CHAIN, '--purpose', 'client')).codes).toEqual(['DEVCA_PATH_PURPOSE']);
    expect(
      await lab.target('certs/ada-client-fullchain.pem', '--purpose', 'client', '--policy', 'rfc5280'),
    ).toMatchObject({ status: 0 });
    const asServer = await lab.target('certs/ada-client-fullchain.pem');
    expect(asServer.problems[0]?.fix).toContain('--purpose client');
  });

  it('draws the candidates with --explain', async () => {
    const { out } = await lab.devca('verify', CHAIN, '--explain');
    expect(out).toMatch(
      /candidates:\n {4}CN=api\.test \(end entity, [0-9a-f]{12}\) sound\n {6}CN=devca intermediate .* sound\n {8}CN=devca root .*\(trust anchor, [0-9a-f]{12}\) trusted/,
    );
    expect(out).toContain('note for Windows (Schannel)');
  });

  it('trusts what --roots says, and nothing where that cannot be read', async () => {
    const root = '.local/share/devca/ca/root.pem';
    expect((await lab.target(CHAIN, '--roots', root)).status).toBe(0);
    expect((await lab.target(CHAIN, '--roots', 'all')).status).toBe(0);
    expect((await lab.target(CHAIN, '--roots', 'system')).codes).toEqual(['DEVCA_PATH_MISSING_INTERMEDIATE']);
    for (const [roots, code] of [
      ['nowhere.pem', 'DEVCA_FILE_NOT_FOUND'],
      [lab.write('empty.pem', ''), 'DEVCA_TARGET_EMPTY'],
      ['certs/api.test-key.pem', 'DEVCA_CERTIFICATE_NONE'],
    ] as const)
      expect(await lab.devca('verify', CHAIN, '--roots', roots)).toMatchObject({
        status: 1,
        out: '',
        error: expect.stringContaining(`[${code}]`),
      });
  });

  it('refuses revocation lists that are none, and fails where none speaks for the end entity', async () => {
    const crl = '.local/share/devca/ca/crl.pem';
    expect(await lab.devca('verify', CHAIN, '--crl', 'certs/api.test.pem')).toMatchObject({
      status: 1,
      error: expect.stringContaining('[DEVCA_CRL_NONE]'),
    });
    expect((await lab.target(CHAIN, '--crl', crl)).codes).toEqual([]);
    const lists = readFileSync(lab.path(crl), 'utf8').split(/(?<=-----END X509 CRL-----\n)/);
    lab.write('root-crl.pem', Buffer.from(lists.at(-1) ?? ''));
    expect((await lab.target(CHAIN, '--crl', 'root-crl.pem')).codes).toEqual(['DEVCA_REVOCATION_UNKNOWN']);
  });

  it('exits 3 for a name that is not there, also where there is no authority at all', async () => {
    expect(await lab.target('nosuch.test')).toMatchObject({
      status: 3,
      checked: false,
      codes: ['DEVCA_INVENTORY_UNKNOWN'],
    });
    const empty = new VerifyLab();
    expect(await empty.devca('verify', lab.path(CHAIN))).toMatchObject({
      status: 3,
      error: expect.stringContaining('[DEVCA_AUTHORITY_MISSING]'),
    });
    const root = lab.path('.local/share/devca/ca/root.pem');
    expect(await empty.target(lab.path(CHAIN), '--roots', root)).toMatchObject({ status: 0, valid: true });
    expect(await empty.target('nosuch.test', '--roots', root)).toMatchObject({
      status: 3,
      codes: ['DEVCA_AUTHORITY_MISSING'],
    });
  });

  it('verifies the other targets where one cannot be read', async () => {
    const { status, targets } = await lab.report(
      'nofile.pem',
      CHAIN,
      'certs/api.test-key.pem',
      'certs/api.test.pem',
    );
    expect(status).toBe(4);
    expect(targets.map(({ checked, valid }) => [checked, valid])).toEqual([
      [false, false],
      [true, true],
      [false, false],
      [true, false],
    ]);
    expect((await lab.report('nofile.pem', CHAIN)).status).toBe(1);
  });

  it('warns of files that others may read or change', async () => {
    lab.write(
      'loose/key.pem',
      readFileSync(lab.path('certs/api.test-key.pem')) + readFileSync(lab.path(CHAIN), 'utf8'),
    );
    expect(warningsOf(await lab.target('loose/key.pem'))).toEqual(['DEVCA_FILE_MODE_KEY']);
    lab.write('loose/chain.pem', readFileSync(lab.path(CHAIN)));
    chmodSync(lab.path('loose/chain.pem'), 0o666);
    expect(warningsOf(await lab.target('loose/chain.pem'))).toEqual(['DEVCA_FILE_MODE_WRITABLE']);
    lab.write('pair/chain.pem', readFileSync(lab.path(CHAIN)));
    lab.write('pair/some.key', readFileSync(lab.path('certs/api.test-key.pem')), 0o640);
    lab.write('pair/other.key', readFileSync(lab.path('certs/ada-client-key.pem')), 0o640);
    const pair = await lab.report('pair');
    expect(pair.targets.map((row) => [row.target, warningsOf(row)])).toEqual([
      ['pair/chain.pem', ['DEVCA_FILE_MODE_KEY']],
    ]);
    expect(pair.leftOut.map(({ reason }) => reason)).toEqual([
      expect.stringContaining('only PRIVATE KEY'),
      'it is the private key of "pair/chain.pem"',
    ]);
  });

  it('reads standard input', async () => {
    const { status, out } = await lab.devcaWithInput(readFileSync(lab.path(CHAIN)), 'verify', '-');
    expect({ status, out }).toMatchObject({ status: 0, out: expect.stringContaining('good  -') });
  });

  it('means by a name the file that was delivered, and says so where it is gone: DEVCA_TARGET_NOT_DELIVERED', async () => {
    await lab.devca('issue', 'moved.test', '--out', 'certs');
    renameSync(lab.path('certs/moved.test-fullchain.pem'), lab.path('moved.pem'));
    expect(await lab.target('moved.test')).toMatchObject({ status: 1, codes: ['DEVCA_FILE_NOT_FOUND'] });
    await lab.devca('issue', 'over.test', '--out', 'certs');
    const { certificates } = JSON.parse((await lab.devca('list', '--json')).out);
    const { serial } = certificates.find(({ names }: { names: string[] }) => names.includes('over.test'));
    for (const name of ['over.test.pem', 'over.test-key.pem', 'over.test-fullchain.pem'])
      renameSync(lab.path(`certs/${name}`), lab.path(`certs/old-${name}`));
    mkdirSync(lab.path('elsewhere'));
    await lab.devca('issue', 'over.test', '--out', 'certs');
    expect(await lab.target(serial)).toMatchObject({ status: 1, codes: ['DEVCA_TARGET_NOT_DELIVERED'] });
  });

  it('does not know two kinds of report at once', async () => {
    expect(await lab.devca('verify', CHAIN, '--json', '--report', 'sarif')).toMatchObject({ status: 2 });
  });
});
