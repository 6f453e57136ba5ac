import { createPrivateKey } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { issueMany } from '../../../src/authority/issue-many.ts';
import { inventoryPath, openInventory } from '../../../src/inventory/database.ts';
import { parseJks } from '../../../src/pki/jks.ts';
import { exportPkcs8Pem, generateKey } from '../../../src/pki/key.ts';
import { encodePem } from '../../../src/pki/pem.ts';
import { parsePkcs12 } from '../../../src/pki/pkcs12.ts';
import { run } from '../../../src/run.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { dns, testRequest } from '../../support/test-request.ts';
import { type TestWorldOptions, testWorld } from '../../support/test-world.ts';

/** A home with an authority, and a function that runs command lines in it. */
async function set() {
  const home = scratchFolder();
  const devca = async (line: string, options: Omit<TestWorldOptions, 'home'> = {}) => {
    const world = testWorld({ home, ...options });
    const status = await run([...line.split(' '), '--home', join(home, 'ca')], world);
    const code = /\[(DEVCA_[A-Z0-9_]+)\]/.exec(world.written.error)?.[1];
    return { status, code, ...world.written };
  };
  writeFileSync(join(home, 'pw'), 'changeit\n');
  await devca('init --no-trust');
  const path = (name: string) => join(home, name);
  return { home, devca, path, bytes: (name: string) => new Uint8Array(readFileSync(path(name))) };
}

const mode = (path: string): string => (statSync(path).mode & 0o777).toString(8);

describe('export', () => {
  it('writes every format beside one another, and records each', async () => {
    const { home, devca, path, bytes } = await set();
    await devca('issue api.test localhost');
    const all = 'pem,der,combined,p12,truststore,jks,jks-truststore,p7b,k8s,base64';
    const line = `export api.test --format ${all} --password-file pw --out out --json`;
    const { status, out, error } = await devca(line);
    expect({ status, error }).toEqual({ status: 0, error: '' });
    const document = JSON.parse(out);
    expect(document).not.toHaveProperty('password');
    expect(Object.keys(document.files)).toHaveLength(14);
    for (const file of Object.values<string>(document.files)) expect(existsSync(file)).toBe(true);
    expect(mode(path('out/api.test+1-combined.pem'))).toBe('600');
    expect(mode(path('out/api.test+1.p12'))).toBe('600');
    expect(mode(path('out/api.test+1-chain.pem'))).toBe('644');
    expect(parseJks(bytes('out/api.test+1.jks'), 'changeit', 'a')).toHaveLength(1);
    const inventory = openInventory(inventoryPath(join(home, 'ca')), testWorld({ home }), { readOnly: true });
    const [record] = inventory.certificates.find('api.test');
    const rows = inventory.deliveries.current({ table: 'certificates', id: record?.id ?? 0 });
    expect(rows.map(({ format }) => format)).toEqual(expect.arrayContaining(Object.keys(document.files)));
    expect(inventory.events.latest(1)[0]).toMatchObject({ kind: 'certificate-exported' });
    inventory.close();
  });

  it('overwrites its own file, and no other', async () => {
    const { devca, path } = await set();
    await devca('issue api.test');
    const line = 'export api.test --format combined';
    expect(await devca(line)).toMatchObject({ status: 0 });
    expect(await devca(line)).toMatchObject({ status: 0 });
    writeFileSync(path('api.test-combined.pem'), 'mine');
    expect(await devca(line)).toMatchObject({ status: 1, code: 'DEVCA_DELIVERY_TARGET' });
    expect(readFileSync(path('api.test-combined.pem'), 'utf8')).toBe('mine');
    expect(await devca(`${line} --force`)).toMatchObject({ status: 0 });
  });

  it('shows a password that it made once: on standard error, or in the document', async () => {
    const { devca, bytes } = await set();
    await devca('issue api.test');
    for (const flags of ['', ' --quiet']) {
      const { out, error } = await devca(`export api.test --format p12${flags}`);
      const [, password = ''] = /^password {2}(\S+) /m.exec(error) ?? [];
      expect(parsePkcs12(bytes('api.test.p12'), password, 'a').keys).toHaveLength(1);
      expect(out).not.toContain(password);
    }
    const { out, error } = await devca('export api.test --format p12 --json');
    expect(error).toBe('');
    expect(parsePkcs12(bytes('api.test.p12'), JSON.parse(out).password, 'a').keys).toHaveLength(1);
  });

  it('takes the password from the environment, and never says one that was given', async () => {
    const { devca, bytes } = await set();
    await devca('issue api.test');
    const environment = { DEVCA_PASSWORD: 'from the environment' };
    for (const flags of ['', ' --json', ' --debug']) {
      const { status, out, error } = await devca(`export api.test --format p12${flags}`, { environment });
      expect(status).toBe(0);
      expect(out + error).not.toContain('from the environment');
    }
    expect(parsePkcs12(bytes('api.test.p12'), 'from the environment', 'a').keys).toHaveLength(1);
    const bad = await devca('export api.test --format p12', { environment: { DEVCA_PASSWORD: 'pässword' } });
    expect(bad).toMatchObject({ status: 2, code: 'DEVCA_PASSWORD_UNUSABLE' });
    expect(bad.error).not.toContain('ssword"');
  });

  it('writes one file to standard output, of the key only what was asked for', async () => {
    const { home, devca, path } = await set();
    await devca('issue api.test');
    const pem = await devca('export api.test --format pem --out -');
    expect(pem.out).toBe(readFileSync(path('api.test-fullchain.pem'), 'utf8'));
    const der = await devca('export api.test --format der --out -');
    expect(encodePem('CERTIFICATE', Buffer.from(der.out, 'latin1'))).toBe(
      readFileSync(path('api.test.pem'), 'utf8'),
    );
    const p12 = await devca('export api.test --format p12 --out - --password-file pw');
    expect(parsePkcs12(Buffer.from(p12.out, 'latin1'), 'changeit', 'a').keys).toHaveLength(1);
    expect(existsSync(path('api.test.p12'))).toBe(false);
    rmSync(path('api.test-key.pem'));
    expect(await devca('export api.test --format pem --out -')).toMatchObject({ status: 0, error: '' });
    const world = testWorld({ home });
    const terminal = { ...world.terminal, stdoutIsTerminal: true };
    const status = await run(
      ['export', 'api.test', '--format', 'der', '--out', '-', '--home', join(home, 'ca')],
      { ...world, terminal },
    );
    expect({ status, error: world.written.error }).toMatchObject({
      status: 2,
      error: expect.stringContaining('DEVCA_FORMAT_TERMINAL'),
    });
  });

  it('reads the key from whatever sound file has it', async () => {
    for (const formats of ['der', 'combined', 'k8s', 'base64']) {
      const { devca } = await set();
      await devca(`issue api.test --format ${formats}`);
      expect(await devca('export api.test --format pem')).toMatchObject({ status: 0 });
    }
    const { devca, path } = await set();
    await devca('issue api.test --format pem,combined');
    rmSync(path('api.test-key.pem'));
    expect(await devca('export api.test --format base64')).toMatchObject({ status: 0 });
  });

  it('says what has become of the key', async () => {
    const { devca, path } = await set();
    await devca('issue api.test');
    const key = readFileSync(path('api.test-key.pem'), 'utf8');
    const line = 'export api.test --format combined';
    rmSync(path('api.test-key.pem'));
    expect(await devca(line)).toMatchObject({ status: 1, code: 'DEVCA_EXPORT_KEY_MISSING' });
    mkdirSync(path('api.test-key.pem'));
    expect(await devca(line)).toMatchObject({ status: 1, code: 'DEVCA_EXPORT_KEY_MISSING' });
    rmSync(path('api.test-key.pem'), { recursive: true });
    writeFileSync(path('api.test-key.pem'), exportPkcs8Pem(generateKey('ec-p256')));
    expect(await devca(line)).toMatchObject({ status: 1, code: 'DEVCA_EXPORT_KEY_CHANGED' });
    writeFileSync(path('api.test-key.pem'), key.slice(0, 100));
    expect(await devca(line)).toMatchObject({ status: 1, code: 'DEVCA_EXPORT_KEY_UNREADABLE' });
    expect(existsSync(path('api.test-combined.pem'))).toBe(false);
    expect(await devca('export api.test --format p7b')).toMatchObject({ status: 0 });
    writeFileSync(path('api.test-key.pem'), `${key}\n`);
    expect(await devca(line)).toMatchObject({ status: 0 });
    const first = JSON.parse((await devca('issue c.test --json')).out).certificate.serial;
    await devca('issue c.test');
    const replaced = await devca(`export ${first} --format combined`);
    expect(replaced).toMatchObject({ status: 1, code: 'DEVCA_EXPORT_KEY_REPLACED' });
  });

  it('has no key of what was issued without files', async () => {
    const { home, devca } = await set();
    const requests = [{ names: ['bulk.test'] }];
    for await (const _ of issueMany(requests, { home: join(home, 'ca') }, testWorld({ home })));
    const { code, error } = await devca('export bulk.test --format combined');
    expect(code).toBe('DEVCA_EXPORT_KEY_ELSEWHERE');
    expect(error).toContain('it was issued without files');
    expect(await devca('export bulk.test --format p7b')).toMatchObject({ status: 0 });
  });

  describe('from a store alone', () => {
    const keyIn = (pem: string) => createPrivateKey(pem).export({ type: 'pkcs8', format: 'pem' });
    const chosen = { DEVCA_PASSWORD: 'changeit' };
    const pem = 'export api.test --format pem';

    /** A certificate that was delivered in these formats alone, and its key. */
    const delivered = async (flags: string) => {
      const lab = await set();
      await lab.devca(`issue api.test --format combined,${flags} --password-file pw`);
      const key = keyIn(readFileSync(lab.path('api.test-combined.pem'), 'utf8'));
      rmSync(lab.path('api.test-combined.pem'));
      return { ...lab, key, exported: () => readFileSync(lab.path('api.test-key.pem'), 'utf8') };
    };

    it.each(['p12', 'p12 --legacy', 'jks'])('reads the key of %s by its password', async (flags) => {
      const { devca, key, exported, path } = await delivered(flags);
      expect(await devca(pem)).toMatchObject({ status: 2, code: 'DEVCA_EXPORT_PASSWORD' });
      expect(existsSync(path('api.test-key.pem'))).toBe(false);
      expect(await devca(`${pem} --password-file pw`)).toMatchObject({ status: 0, error: '' });
      expect(keyIn(exported())).toBe(key);
      rmSync(path('api.test-key.pem'));
      expect(await devca(pem, { environment: chosen })).toMatchObject({ status: 0 });
      expect(keyIn(exported())).toBe(key);
    });

    it.each(['p12', 'jks'])(
      'says of %s that its password is wrong, or that it is cut short',
      async (format) => {
        const { devca, path, bytes } = await delivered(format);
        writeFileSync(path('wrong'), 'changed\n');
        const wrong = await devca(`${pem} --password-file wrong`);
        expect(wrong).toMatchObject({ status: 1, code: 'DEVCA_PASSWORD_WRONG' });
        expect(wrong.error).not.toContain('changed"');
        const sound = bytes(`api.test.${format}`);
        for (const length of [0, 3, 40, sound.length - 30, sound.length - 1]) {
          writeFileSync(path(`api.test.${format}`), sound.subarray(0, length));
          const cut = await devca(`${pem} --password-file pw`);
          expect(cut).toMatchObject({ status: 1, code: 'DEVCA_EXPORT_KEY_UNREADABLE' });
        }
        expect(existsSync(path('api.test-key.pem'))).toBe(false);
      },
    );

    it('asks for the password on a terminal, and for nothing that it can do without', async () => {
      const { devca, key, exported, path } = await delivered('p12');
      expect(await devca(pem, { answers: ['wrong'] })).toMatchObject({ code: 'DEVCA_PASSWORD_WRONG' });
      const { status, error } = await devca(pem, { answers: ['changeit'] });
      expect({ status, error }).toEqual({ status: 0, error: `Password of "${path('api.test.p12')}": ` });
      expect(keyIn(exported())).toBe(key);
      expect(await devca('export api.test --format k8s', { answers: [] })).toMatchObject({ error: '' });
    });

    it('takes one password for what is read and another for what is written', async () => {
      const { devca, path, bytes } = await delivered('jks');
      writeFileSync(path('other'), 'another one\n');
      const line = 'export api.test --format p12 --password-file other';
      expect(await devca(line)).toMatchObject({ status: 1, code: 'DEVCA_PASSWORD_WRONG' });
      expect(await devca(`${line} --key-password-file pw`)).toMatchObject({ status: 0, error: '' });
      expect(parsePkcs12(bytes('api.test.p12'), 'another one', 'a').keys).toHaveLength(1);
      rmSync(path('api.test.p12'));
      expect(await devca(line, { answers: ['changeit'] })).toMatchObject({ status: 0 });
      expect(parsePkcs12(bytes('api.test.p12'), 'another one', 'a').keys).toHaveLength(1);
    });

    it('reads a key that somebody has put under a passphrase', async () => {
      const { devca, path } = await set();
      await devca('issue api.test');
      const key = createPrivateKey(readFileSync(path('api.test-key.pem')));
      const hidden = { format: 'pem', type: 'pkcs8', cipher: 'aes-256-cbc', passphrase: 'x' } as const;
      writeFileSync(path('api.test-key.pem'), key.export(hidden));
      writeFileSync(path('short'), 'x');
      const line = 'export api.test --format base64';
      expect(await devca(line)).toMatchObject({ status: 2, code: 'DEVCA_EXPORT_PASSWORD' });
      expect(await devca(`${line} --password-file pw`)).toMatchObject({ code: 'DEVCA_PASSWORD_WRONG' });
      expect(await devca(`${line} --password-file short`)).toMatchObject({ status: 0 });
    });
  });

  it('says of a replaced certificate that it is one, where that needs no key', async () => {
    const { devca } = await set();
    const first = JSON.parse((await devca('issue c.test --json')).out).certificate.serial;
    await devca('issue c.test');
    expect((await devca(`export ${first} --format p7b --out -`)).error).toContain('is replaced');
  });

  it('knows neither strangers nor the authority itself', async () => {
    const { devca } = await set();
    await devca('issue api.test');
    const answer = { status: 3, code: 'DEVCA_INVENTORY_UNKNOWN' };
    expect(await devca('export nobody.test --format pem')).toMatchObject(answer);
  });

  it.each([
    ['export api.test', 'needs "--format"'],
    ['export api.test --format pem --out - --json', 'both want standard output'],
    ['export api.test --format pem,p7b --out -', 'takes one format'],
    ['export api.test --format pem --legacy', '"--legacy" is for the formats p12, truststore only'],
    ['export api.test --format pem --alias x', '"--alias" is for'],
    ['export api.test --format p7b --password-file pw', '"--password-file" is for'],
    ['issue api.test --format pem --password-file pw', '"--password-file" is for'],
    ['export api.test --format pfx', '--format cannot be "pfx"'],
    ['issue a.test --csr r.pem --key-type ec-p384', '"--csr" brings its own key'],
    ['issue a.test --csr r.pem --key-file k.pem', '"--csr" brings its own key'],
    ['issue a.test --format p12 --key-file k.pem', '"--key-file" is the place of a PEM file'],
  ])('refuses %s', async (line, reason) => {
    const { devca } = await set();
    const { status, out, error } = await devca(line);
    expect(status).toBe(2);
    expect(out + error).toContain(reason);
  });
});

describe('renew', () => {
  it('asks once for the password of stores on a terminal, and takes a given one without', async () => {
    const { devca, path } = await set();
    for (const name of ['a.test', 'b.test'])
      await devca(`issue ${name} --format p12,truststore --password-file pw`);
    const asked = await devca('renew --all', { answers: ['changeit'] });
    expect(asked).toMatchObject({ status: 0, error: expect.stringMatching(/^Password of ".*\.p12": $/) });
    expect(await devca('renew --all --password-file pw', { answers: [] })).toMatchObject({ error: '' });
    expect(await devca('renew a.test', { answers: [] })).toMatchObject({ code: 'DEVCA_RENEWAL_PASSWORD' });
    expect(await devca('renew a.test', { answers: ['wrong one'] })).toMatchObject({
      code: 'DEVCA_PASSWORD_WRONG',
    });
    expect(await devca('renew a.test')).toMatchObject({ status: 2, code: 'DEVCA_RENEWAL_PASSWORD' });
    expect(existsSync(path('a.test-key.pem'))).toBe(false);
  });
});

describe('issue', () => {
  it('writes the formats that it is asked for, and no others', async () => {
    const { home, devca, bytes, path } = await set();
    const { status } = await devca(
      'issue api.test --format p12,k8s --format truststore --password-file pw --alias web',
    );
    expect(status).toBe(0);
    expect(parsePkcs12(bytes('api.test.p12'), 'changeit', 'a').keys[0]?.friendlyName).toBe('web');
    expect(readFileSync(path('api.test-secret.yaml'), 'utf8')).toContain('name: "web"');
    expect(existsSync(path('api.test.pem'))).toBe(false);
    expect(existsSync(join(home, 'api.test-key.pem'))).toBe(false);
  });

  it('replaces the certificate whose key store it takes over', async () => {
    const { devca } = await set();
    const issue = 'issue api.test --format p12 --password-file pw --json';
    const first = JSON.parse((await devca(issue)).out);
    expect(JSON.parse((await devca(issue)).out).certificate.replaced).toEqual([first.certificate.serial]);
  });

  it('certifies the key of a request from standard input, also in a dry run', async () => {
    const { home, devca, path } = await set();
    const input = testRequest({ key: generateKey('rsa-2048'), names: [dns('csr.test')] });
    expect(await devca('issue --csr - --dry-run', { input })).toMatchObject({ status: 0 });
    expect(existsSync(path('csr.test.pem'))).toBe(false);
    expect(await devca('issue --csr -', { input })).toMatchObject({ status: 0 });
    expect(existsSync(path('csr.test-key.pem'))).toBe(false);
    const world = testWorld({ home });
    const inventory = openInventory(inventoryPath(join(home, 'ca')), world, { readOnly: true });
    expect(inventory.certificates.find('csr.test')).toMatchObject([{ keyAlgorithm: 'rsa-2048' }]);
    inventory.close();
    const p12 = await devca('issue --csr - --format p12 --password-file pw', { input });
    expect(p12).toMatchObject({ status: 1, code: 'DEVCA_FORMAT_NEEDS_KEY' });
    const later = await devca('export csr.test --format p12 --password-file pw');
    expect(later).toMatchObject({ status: 1, code: 'DEVCA_FORMAT_NEEDS_KEY' });
    expect(await devca('export csr.test --format pem,der')).toMatchObject({ status: 0 });
    expect(existsSync(path('csr.test-key.der'))).toBe(false);
  });

  it('says where a request asks for too much, and issues nothing', async () => {
    const { devca, path } = await set();
    writeFileSync(path('r.der'), testRequest({ names: [dns('a.test'), dns('www.google.com')] }));
    const { status, code } = await devca('issue --csr r.der');
    expect({ status, code }).toEqual({ status: 1, code: 'DEVCA_ISSUE_OUTSIDE_CONSTRAINT' });
    writeFileSync(path('huge.pem'), 'x'.repeat(1 << 20));
    expect(await devca('issue --csr huge.pem')).toMatchObject({ status: 1, code: 'DEVCA_FILE_TOO_LARGE' });
  });
});
