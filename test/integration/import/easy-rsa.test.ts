import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { beforeEach, expect, it, jest } from '@jest/globals';
import { describeWith } from '../../support/tools.ts';
import { type ImportDocument, type ImportLab, importLab } from './lab.ts';

jest.setTimeout(180_000);

/** Debian has it beside the PATH. */
const EASYRSA = '/usr/share/easy-rsa/easyrsa';

const PROGRAMS = ['openssl', ...(existsSync(EASYRSA) ? [] : ['easyrsa'])];

describeWith(PROGRAMS, "easy-rsa's authority, once devca has imported it", () => {
  let lab: ImportLab;
  const easyrsa = (...words: readonly string[]) =>
    lab.tool('sh', ['-c', 'exec ./easyrsa "$@"', 'sh', ...words], {
      EASYRSA_BATCH: '1',
      EASYRSA: lab.home,
    });
  beforeEach(() => {
    lab = importLab();
    cpSync('/usr/share/easy-rsa', lab.home, { recursive: true, dereference: true });
    easyrsa('init-pki');
    easyrsa('build-ca', 'nopass');
    for (const [kind, name] of [
      ['server', 'vpn.test'],
      ['client', 'ada'],
      ['client', 'bob'],
    ] as const)
      easyrsa(`build-${kind}-full`, name, 'nopass');
    easyrsa('revoke', 'bob', 'keyCompromise');
    easyrsa('gen-crl');
  });

  const take = (...flags: readonly string[]) =>
    lab.json<ImportDocument>('ca', 'import', '--from', 'easy-rsa', '--keystore', 'file', ...flags);
  const serialOf = (file: string) =>
    lab.tool('openssl', ['x509', '-in', file, '-noout', '-serial']).trim().split('=')[1]?.toLowerCase() ?? '';
  /** Whether OpenSSL accepts a certificate, with the lists that devca has made. */
  const check = (file: string, crl: string, pki = 'pki') => {
    writeFileSync(
      lab.path('all.pem'),
      readFileSync(lab.path(`${pki}/ca.crt`), 'utf8') + readFileSync(crl, 'utf8'),
    );
    const { stdout, stderr } = lab.attempt('openssl', [
      'verify',
      '-crl_check_all',
      '-CAfile',
      'all.pem',
      '-untrusted',
      file,
      file,
    ]);
    return /certificate revoked/.test(stdout + stderr)
      ? 'revoked'
      : stdout.includes('OK')
        ? 'good'
        : stdout + stderr;
  };

  it('lists what was issued, keeps revoked what was revoked, and revokes more', async () => {
    const imported = await take();
    expect(imported).toMatchObject({
      issuesFrom: 'own-intermediate',
      certificates: { taken: 3, revoked: 1 },
      authority: { rootKeystore: 'file' },
    });
    const crl = imported.authority.crl.file;
    const ada = lab.path('pki/issued/ada.crt');
    const { certificates } = await lab.json<{
      certificates: { serial: string; status: string; subject: string; files: object }[];
    }>('list');
    expect(certificates.map(({ subject, status }) => [subject, status]).sort()).toEqual([
      ['CN=ada', 'valid'],
      ['CN=bob', 'revoked'],
      ['CN=vpn.test', 'valid'],
    ]);
    expect(certificates.every(({ files }) => Object.keys(files).length === 0)).toBe(true);
    expect(certificates.map(({ serial }) => serial)).toContain(serialOf(ada));
    expect(check(ada, crl)).toBe('good');
    await lab.json('revoke', 'ada', '--reason', 'cessationOfOperation');
    expect(check(ada, crl)).toBe('revoked');
    expect(check(lab.path('pki/issued/vpn.test.crt'), crl)).toBe('good');
    await lab.json('crl');
    expect(check(ada, crl)).toBe('revoked');
  });

  it('issues below the same root', async () => {
    const { authority } = await take();
    const { files } = await lab.json<{ files: Record<string, string> }>('issue', 'new.test');
    expect(check(files['fullchain'] ?? '', authority.crl.file)).toBe('good');
    const names = lab.tool('openssl', [
      'verify',
      '-CAfile',
      'pki/ca.crt',
      '-untrusted',
      files['fullchain'] ?? '',
      '-verify_hostname',
      'new.test',
      files['cert'] ?? '',
    ]);
    expect(names).toContain('OK');
  });

  it('stands beside another that has given the same serial numbers', async () => {
    const kept: Record<string, { crl: string; ada: string }> = {};
    for (const name of ['office', 'site']) {
      const count = (...words: readonly string[]) =>
        lab.tool('sh', ['-c', 'exec ./easyrsa "$@"', 'sh', ...words], {
          EASYRSA_BATCH: '1',
          EASYRSA: lab.home,
          EASYRSA_PKI: lab.path(name),
          EASYRSA_RAND_SN: 'no',
        });
      count('init-pki');
      count('build-ca', 'nopass');
      count('build-client-full', 'ada', 'nopass');
      count('build-client-full', 'bob', 'nopass');
      if (name === 'site') count('revoke', 'bob');
      const { authority, certificates } = await take(lab.path(name), '--name', name);
      expect(certificates).toEqual({ taken: 2, revoked: name === 'site' ? 1 : 0 });
      kept[name] = { crl: authority.crl.file, ada: lab.path(`${name}/issued/ada.crt`) };
    }
    const { office, site } = kept;
    if (office === undefined || site === undefined) throw new Error('there are two');
    expect([serialOf(office.ada), serialOf(site.ada)]).toEqual(['01', '01']);
    const { certificates } = await lab.json<{ certificates: Record<string, string>[] }>('list');
    expect(
      certificates.map(({ serial, authority, status }) => `${authority} ${serial} ${status}`).sort(),
    ).toEqual(['office 01 valid', 'office 02 valid', 'site 01 valid', 'site 02 revoked']);
    for (const words of [
      ['show', '01'],
      ['revoke', '01'],
    ])
      expect((await lab.devca(...words)).stderr).toContain('"01" means 2 certificates');
    const [own] = certificates.filter(({ serial, authority }) => serial === '01' && authority === 'site');
    const digits = own?.['sha256']?.slice(0, 16) ?? '';
    expect((await lab.devca('show', digits)).stdout).toContain('site, generation 1');
    await lab.json('revoke', digits);
    expect([check(site.ada, site.crl, 'site'), check(office.ada, office.crl, 'office')]).toEqual([
      'revoked',
      'good',
    ]);
    await lab.json('revoke', '01', '--authority', 'office');
    expect(check(lab.path('office/issued/bob.crt'), office.crl, 'office')).toBe('good');
    expect(check(office.ada, office.crl, 'office')).toBe('revoked');
  });

  it('is opened with its password', async () => {
    const key = lab.path('pki/private/ca.key');
    lab.tool('openssl', ['pkey', '-in', key, '-aes256', '-passout', 'pass:vpn secret', '-out', `${key}.new`]);
    cpSync(`${key}.new`, key);
    const refused = await lab.devca('ca', 'import', '--from', 'easy-rsa');
    expect([refused.status, refused.stderr]).toEqual([
      1,
      expect.stringContaining('DEVCA_IMPORT_PASSWORD_MISSING'),
    ]);
    writeFileSync(lab.path('wrong'), 'vpn\n');
    const wrong = await lab.devca('ca', 'import', '--from', 'easy-rsa', '--password-file', 'wrong');
    expect(wrong.stderr).toContain('DEVCA_IMPORT_PASSWORD');
    writeFileSync(lab.path('right'), 'vpn secret\n');
    expect(await take('--password-file', 'right')).toMatchObject({ imported: true });
  });
});
