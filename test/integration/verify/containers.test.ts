import { readFileSync } from 'node:fs';
import { beforeAll, expect, it } from '@jest/globals';
import { describeWith } from '../../support/tools.ts';
import { VerifyLab, warningsOf } from './lab.ts';

const CHAIN = 'certs/api.test-fullchain.pem';
const KEY = 'certs/api.test-key.pem';

async function newLab(): Promise<VerifyLab> {
  const lab = new VerifyLab();
  await lab.devca('init', '--no-trust');
  await lab.devca('issue', 'api.test', '--out', 'certs');
  await lab.devca('issue', 'other.test', '--out', 'certs');
  lab.write('password', 'secret\n', 0o600);
  return lab;
}

describeWith(['openssl'], 'containers of OpenSSL', () => {
  let lab: VerifyLab;
  beforeAll(async () => {
    lab = await newLab();
  });

  it('are read: DER, PKCS#7 in both forms, and PEM in any order', async () => {
    lab.tool('openssl', 'x509', '-in', CHAIN, '-outform', 'DER', '-out', 'leaf.der');
    expect((await lab.target('leaf.der', '--intermediates', CHAIN)).status).toBe(0);
    lab.tool('openssl', 'crl2pkcs7', '-nocrl', '-certfile', CHAIN, '-outform', 'DER', '-out', 'chain.p7b');
    expect(await lab.target('chain.p7b')).toMatchObject({ status: 0, form: 'pkcs7' });
    lab.tool('openssl', 'crl2pkcs7', '-nocrl', '-certfile', CHAIN, '-out', 'chain.p7c');
    expect(await lab.target('chain.p7c')).toMatchObject({ status: 0, form: 'pem' });
    const root = readFileSync(lab.path('.local/share/devca/ca/root.pem'), 'utf8');
    lab.write('mixed.pem', root + readFileSync(lab.path(CHAIN), 'utf8'));
    const mixed = await lab.target('mixed.pem');
    expect(mixed).toMatchObject({ status: 4, codes: ['DEVCA_CHAIN_END_ENTITY_NOT_FIRST'] });
    expect(mixed.chain[0]).toMatchObject({ subject: 'CN=api.test' });
  });

  it.each([
    ['by default', []],
    ['with 3DES and SHA-1', ['-certpbe', 'PBE-SHA1-3DES', '-keypbe', 'PBE-SHA1-3DES', '-macalg', 'sha1']],
    ['with AES-128 and SHA-512', ['-certpbe', 'AES-128-CBC', '-keypbe', 'AES-128-CBC', '-macalg', 'sha512']],
    ['with the certificates in the clear', ['-certpbe', 'NONE']],
  ])('are read: PKCS#12 %s', async (_how, options) => {
    lab.tool(
      'openssl',
      'pkcs12',
      '-export',
      '-in',
      CHAIN,
      '-inkey',
      KEY,
      '-out',
      'a.p12',
      '-passout',
      'pass:secret',
      ...options,
    );
    expect(await lab.target('a.p12')).toMatchObject({ status: 1, codes: ['DEVCA_PASSWORD_MISSING'] });
    lab.write('wrong', 'other\n');
    expect(await lab.target('a.p12', '--password-file', 'wrong')).toMatchObject({
      status: 1,
      codes: ['DEVCA_PASSWORD_WRONG'],
    });
    expect(await lab.target('a.p12', '--password-file', 'password')).toMatchObject({
      status: 0,
      valid: true,
      warnings: [],
    });
  });

  it('are read with the RC2 of OpenSSL 1, and named where it is RC4', async () => {
    const write = (name: string, ...options: string[]) =>
      lab.tool(
        'openssl',
        'pkcs12',
        '-export',
        '-legacy',
        '-in',
        CHAIN,
        '-inkey',
        KEY,
        '-out',
        name,
        '-passout',
        'pass:secret',
        ...options,
      );
    write('old.p12');
    expect(await lab.target('old.p12', '--password-file', 'password')).toMatchObject({
      status: 0,
      valid: true,
    });
    write('rc4.p12', '-certpbe', 'PBE-SHA1-RC4-128');
    expect(await lab.target('rc4.p12', '--password-file', 'password')).toMatchObject({
      status: 1,
      codes: ['DEVCA_PKCS12_UNSUPPORTED'],
    });
  });

  it('agree with "openssl verify" on a chain, on what is missing and on what has ended', async () => {
    const root = '.local/share/devca/ca/root.pem';
    const openssl = (...args: string[]): boolean => {
      try {
        lab.tool('openssl', 'verify', '-CAfile', root, '-purpose', 'sslserver', ...args);
        return true;
      } catch {
        return false;
      }
    };
    const leaf = 'certs/api.test.pem';
    expect([openssl('-untrusted', CHAIN, leaf), (await lab.target(CHAIN)).valid]).toEqual([true, true]);
    expect([openssl(leaf), (await lab.target(leaf)).valid]).toEqual([false, false]);
    const later = String(Date.UTC(2199, 0, 1) / 1000);
    expect([
      openssl('-attime', later, '-untrusted', CHAIN, leaf),
      (await lab.target(CHAIN, '--at', '2199-01-01')).valid,
    ]).toEqual([false, false]);
    expect([
      openssl('-verify_hostname', 'x.test', '-untrusted', CHAIN, leaf),
      (await lab.target(CHAIN, '--host', 'x.test')).valid,
    ]).toEqual([false, false]);
  });
});

describeWith(['openssl', 'keytool'], 'key stores of Java', () => {
  let lab: VerifyLab;
  beforeAll(async () => {
    lab = await newLab();
    for (const name of ['api', 'other']) {
      const files = ['-in', `certs/${name}.test-fullchain.pem`, '-inkey', `certs/${name}.test-key.pem`];
      lab.tool(
        'openssl',
        'pkcs12',
        '-export',
        ...files,
        '-name',
        name,
        '-out',
        `${name}.p12`,
        '-passout',
        'pass:secret',
      );
    }
  });

  it.each([['JKS'], ['PKCS12']])(
    'are read entry by entry: %s',
    async (type) => {
      const store = `both.${type}`;
      for (const name of ['api', 'other'])
        lab.tool(
          'keytool',
          '-importkeystore',
          '-noprompt',
          '-srckeystore',
          `${name}.p12`,
          '-srcstorepass',
          'secret',
          '-destkeystore',
          store,
          '-deststoretype',
          type,
          '-deststorepass',
          'secret',
          '-destkeypass',
          'secret',
        );
      const { status, targets } = await lab.report(store, '--password-file', 'password');
      expect(status).toBe(0);
      expect(targets.map(({ target, valid, chain }) => [target, valid, chain[0]?.subject]).sort()).toEqual([
        [`${store} (api)`, true, 'CN=api.test'],
        [`${store} (other)`, true, 'CN=other.test'],
      ]);
    },
    30_000,
  );

  it('that Java takes for empty are told from those that it takes', async () => {
    const root = '.local/share/devca/ca/root.pem';
    lab.tool(
      'openssl',
      'pkcs12',
      '-export',
      '-nokeys',
      '-in',
      root,
      '-out',
      'plain.p12',
      '-passout',
      'pass:secret',
    );
    lab.tool(
      'keytool',
      '-importcert',
      '-noprompt',
      '-file',
      root,
      '-alias',
      'root',
      '-keystore',
      'java.p12',
      '-storetype',
      'PKCS12',
      '-storepass',
      'secret',
    );
    const entries = (store: string) =>
      /contains (\d+) entr/.exec(
        lab.tool('keytool', '-list', '-keystore', store, '-storepass', 'secret'),
      )?.[1];
    const hasNote = async (store: string) =>
      (await lab.target(store, '--password-file', 'password')).consumers.some(
        ({ consumer, message }) => consumer === 'Java' && message.includes('trust store'),
      );
    expect([entries('plain.p12'), await hasNote('plain.p12')]).toEqual(['0', true]);
    expect([entries('java.p12'), await hasNote('java.p12')]).toEqual(['1', false]);
  }, 30_000);
});

describeWith(['certutil', 'pk12util', 'openssl'], 'files of NSS', () => {
  it('are read, with their indefinite lengths', async () => {
    const lab = await newLab();
    lab.tool(
      'openssl',
      'pkcs12',
      '-export',
      '-in',
      CHAIN,
      '-inkey',
      KEY,
      '-name',
      'api',
      '-out',
      'a.p12',
      '-passout',
      'pass:secret',
    );
    lab.write('nss/placeholder', '');
    lab.tool('certutil', '-N', '-d', 'sql:nss', '--empty-password');
    lab.tool('pk12util', '-i', 'a.p12', '-d', 'sql:nss', '-W', 'secret');
    lab.tool('pk12util', '-o', 'nss.p12', '-n', 'api', '-d', 'sql:nss', '-W', 'secret');
    const report = await lab.target('nss.p12', '--password-file', 'password');
    expect(report).toMatchObject({ status: 0, valid: true });
    expect(warningsOf(report)).toEqual([]);
  }, 30_000);
});

describeWith(['python3'], 'reports', () => {
  it('are well-formed: JUnit for an XML parser, JSON and SARIF for a JSON parser', async () => {
    const lab = await newLab();
    lab.write('<&"\u0001\'.pem', 'no certificate');
    const targets = ['<&"\u0001\'.pem', 'certs', 'certs/api.test.pem', 'nosuch'];
    const parsers = {
      junit: 'import sys, xml.dom.minidom; xml.dom.minidom.parse(sys.argv[1])',
      sarif: 'import sys, json; json.load(open(sys.argv[1]))',
    };
    for (const [format, script] of Object.entries(parsers)) {
      const { status, out } = await lab.devca('verify', ...targets, '--report', format);
      expect(status).toBe(4);
      lab.write('report', out);
      lab.tool('python3', '-c', script, 'report');
    }
  });
});
