import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect, createServer } from 'node:tls';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { readSecretDocument } from '../../../src/verification/secret-document.ts';
import { describeWith, findTool } from '../../support/tools.ts';
import { formatLab, javas, type Lab, PASSWORD } from './lab.ts';

const ALL = 'pem,der,combined,p12,truststore,jks,jks-truststore,p7b,k8s,base64';

let lab: Lab;

/** A service whose certificate is good for both ends, in every format, with an EC and with an RSA key. */
beforeAll(async () => {
  lab = await formatLab();
  for (const [name, keyType] of [
    ['ec', 'ec-p256'],
    ['rsa', 'rsa-2048'],
  ] as const) {
    const names = ['--profile', 'service', name, 'localhost', '127.0.0.1'];
    const common = ['--password-file', lab.passwordFile, '--alias'];
    await lab.devca('issue', ...names, '--key-type', keyType, '--format', ALL, ...common, 'my-server');
    const legacy = ['--format', 'p12,truststore', '--legacy', '--out', lab.path('legacy')];
    await lab.devca('export', name, ...legacy, ...common, 'my-server');
  }
  await lab.devca(
    'issue',
    '--profile',
    'client',
    'alice',
    '--format',
    'p12,pem',
    '--password-file',
    lab.passwordFile,
  );
});

const stores = ['ec+2', 'legacy/ec+2', 'rsa+2', 'legacy/rsa+2'];
const pem = (name: string): string => readFileSync(lab.path(name), 'utf8');
const keyOf = (text: string): string =>
  createPrivateKey(text).export({ type: 'pkcs8', format: 'pem' }).toString();
const certificates = (text: string): readonly string[] =>
  text.match(/-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----\n?/g) ?? [];

describeWith(['openssl'], 'openssl', () => {
  it.each(stores)('reads the key store %s.p12: chain, key and what protects them', (name) => {
    const file = lab.path(`${name}.p12`);
    const text = lab.tool('openssl', 'pkcs12', '-in', file, '-passin', `file:${lab.passwordFile}`, '-nodes');
    const plain = name.replace('legacy/', '');
    expect(certificates(text)).toEqual(certificates(pem(`${plain}-fullchain.pem`)));
    expect(keyOf(text.slice(text.indexOf('-----BEGIN PRIVATE')))).toBe(keyOf(pem(`${plain}-key.pem`)));
    expect(text).toContain('friendlyName: my-server');
    const { text: info } = lab.attempt(
      'openssl',
      'pkcs12',
      '-info',
      '-noout',
      '-in',
      file,
      '-passin',
      `file:${lab.passwordFile}`,
    );
    const expected = name.startsWith('legacy/')
      ? ['MAC: sha1', 'pbeWithSHA1And3-KeyTripleDES-CBC']
      : ['MAC: sha256, Iteration 10000', 'PBES2, PBKDF2, AES-256-CBC, Iteration 10000, PRF hmacWithSHA256'];
    for (const line of expected) expect(info).toContain(line);
  });

  it('refuses a wrong password', () => {
    const { status, text } = lab.attempt(
      'openssl',
      'pkcs12',
      '-in',
      lab.path('ec+2.p12'),
      '-passin',
      'pass:wrong',
      '-noout',
    );
    expect(status).toBe(1);
    expect(text).toContain('invalid password');
  });

  it('reads the chain as PKCS#7, and verifies it by the root at its end', () => {
    const text = lab.tool('openssl', 'pkcs7', '-in', lab.path('ec+2.p7b'), '-print_certs');
    const chain = certificates(text);
    expect(chain.slice(0, 2)).toEqual(certificates(pem('ec+2-fullchain.pem')));
    writeFileSync(lab.path('p7-root.pem'), chain[2] ?? '');
    const verify = [
      'verify',
      '-CAfile',
      lab.path('p7-root.pem'),
      '-untrusted',
      lab.path('ec+2-fullchain.pem'),
    ];
    expect(lab.tool('openssl', ...verify, lab.path('ec+2.pem'))).toContain(': OK');
  });

  it('reads DER, and the key in it', () => {
    const certificate = lab.tool('openssl', 'x509', '-inform', 'DER', '-in', lab.path('ec+2.der'));
    expect(certificate).toBe(pem('ec+2.pem'));
    expect(lab.tool('openssl', 'pkey', '-inform', 'DER', '-in', lab.path('ec+2-key.der'))).toBe(
      pem('ec+2-key.pem'),
    );
  });

  it('reads certificate and key from the combined file', () => {
    expect(lab.tool('openssl', 'x509', '-in', lab.path('rsa+2-combined.pem'))).toBe(pem('rsa+2.pem'));
    expect(keyOf(lab.tool('openssl', 'pkey', '-in', lab.path('rsa+2-combined.pem')))).toBe(
      keyOf(pem('rsa+2-key.pem')),
    );
  });
});

describeWith(['keytool'], 'keytool', () => {
  const list = (file: string) =>
    lab.tool(
      'keytool',
      '-J-Duser.language=en',
      '-list',
      '-v',
      '-keystore',
      lab.path(file),
      '-storepass:file',
      lab.passwordFile,
    );

  it.each([...stores.map((name) => `${name}.p12`), 'ec+2.jks', 'rsa+2.jks'])(
    'lists %s as a key with its chain',
    (file) => {
      const text = list(file);
      expect(text).toContain('Your keystore contains 1 entry');
      expect(text).toContain('Alias name: my-server');
      expect(text).toContain('Entry type: PrivateKeyEntry');
      expect(text).toContain('Certificate chain length: 2');
    },
  );

  it.each(['ec+2-truststore.p12', 'legacy/ec+2-truststore.p12', 'ec+2-truststore.jks'])(
    'lists %s as a trusted root',
    (file) => {
      const text = list(file);
      expect(text).toContain('Your keystore contains 1 entry');
      expect(text).toContain('Entry type: trustedCertEntry');
    },
  );

  it('decrypts the key of JKS, and writes it elsewhere', () => {
    const from = ['-srckeystore', lab.path('ec+2.jks'), '-srcstorepass:file', lab.passwordFile];
    const to = ['-destkeystore', lab.path('moved.p12'), '-deststorepass:file', lab.passwordFile];
    lab.tool('keytool', '-importkeystore', '-noprompt', ...from, ...to, '-deststoretype', 'PKCS12');
    const text = lab.tool(
      'openssl',
      'pkcs12',
      '-in',
      lab.path('moved.p12'),
      '-passin',
      `file:${lab.passwordFile}`,
      '-nodes',
      '-nocerts',
    );
    expect(keyOf(text.slice(text.indexOf('-----BEGIN')))).toBe(keyOf(pem('ec+2-key.pem')));
  });

  it('prints the chain of PKCS#7', () => {
    expect(lab.tool('keytool', '-printcert', '-file', lab.path('ec+2.p7b')).match(/Owner:/g)).toHaveLength(3);
  });
});

describeWith(['java', 'javac'], 'Java', () => {
  beforeAll(() => {
    // The least that is still supported, so that every virtual machine can run it.
    const source = join(import.meta.dirname, 'programs/Stores.java');
    lab.tool('javac', '--release', '11', '-d', lab.home, source);
  });

  it.each([
    ['PKCS12', 'p12', ''],
    ['PKCS12', 'p12', 'legacy/'],
    ['JKS', 'jks', ''],
  ])('makes mutual TLS of %s stores (.%s, %s)', (type, ending, folder) => {
    for (const java of javas()) {
      for (const name of ['ec+2', 'rsa+2']) {
        const files = [`${folder}${name}.${ending}`, `${folder}${name}-truststore.${ending}`].map(lab.path);
        const said = lab.tool(java, '-cp', lab.home, 'Stores', type, ...files, lab.passwordFile);
        expect(said.trimEnd().split('\n')).toEqual([
          'key my-server 2 true',
          'trusted my-server true',
          'handshake 7 2',
        ]);
      }
    }
  });
});

describeWith(['pk12util', 'certutil'], 'NSS', () => {
  it.each([...stores, 'alice-client'])('imports %s.p12, and makes a chain of it', (name) => {
    const folder = lab.path(`nss-${name.replace('/', '-')}`);
    lab.tool('mkdir', folder);
    const database = ['-d', `sql:${folder}`];
    lab.tool('certutil', '-N', ...database, '--empty-password');
    const imported = lab.tool(
      'pk12util',
      '-i',
      lab.path(`${name}.p12`),
      ...database,
      '-w',
      lab.passwordFile,
      '-K',
      '',
    );
    expect(imported).toContain('IMPORT SUCCESSFUL');
    const nickname = name === 'alice-client' ? 'alice' : 'my-server';
    expect(lab.tool('certutil', '-K', ...database)).toContain(nickname);
    lab.tool(
      'certutil',
      '-A',
      '-n',
      'root',
      '-t',
      'CT,,',
      '-i',
      join(lab.home, 'ca/ca/root.pem'),
      ...database,
    );
    const usage = name === 'alice-client' ? 'C' : 'V';
    expect(lab.tool('certutil', '-V', '-u', usage, '-n', nickname, ...database)).toContain('is valid');
  });
});

describeWith(['certtool'], 'GnuTLS certtool', () => {
  it.each(stores)('opens %s.p12', (name) => {
    const args = ['--p12-info', '--inder', '--infile', lab.path(`${name}.p12`), '--password', PASSWORD];
    const { status, text } = lab.attempt('certtool', ...args);
    expect(status).toBe(0);
    expect(text).toContain('Friendly name: my-server');
    expect(certificates(text).map((each) => each.trim())).toEqual(
      certificates(pem(`${name.replace('legacy/', '')}-fullchain.pem`)).map((each) => each.trim()),
    );
    expect(text).toMatch(/BEGIN (ENCRYPTED )?PRIVATE KEY/);
  });

  it('reads PKCS#7', () => {
    expect(lab.attempt('certtool', '--p7-info', '--infile', lab.path('ec+2.p7b')).status).toBe(0);
  });
});

describe('Node', () => {
  it.each(stores)('serves from %s.p12, and a client trusts the root of the Secret', async (name) => {
    const pfx = readFileSync(lab.path(`${name}.p12`));
    const server = createServer({ pfx, passphrase: PASSWORD }, (socket) => socket.end('hello'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const ca = secretValues()['ca.crt'];
    const said = await new Promise<string>((resolve, reject) => {
      const socket = connect({
        host: '127.0.0.1',
        port,
        servername: 'localhost',
        ...(ca === undefined ? {} : { ca }),
      });
      socket.setEncoding('utf8').on('data', resolve).on('error', reject);
    });
    server.close();
    expect(said).toBe('hello');
  });
});

function secretValues(): Readonly<Record<string, string | undefined>> {
  const lines = pem('ec+2-secret.yaml').matchAll(/^ {2}([a-z.]+): ([A-Za-z0-9+/=]+)$/gm);
  return Object.fromEntries(
    [...lines].map(([, name, value = '']) => [name, Buffer.from(value, 'base64').toString()]),
  );
}

describeWith(['python3'], 'Python', () => {
  it('loads the combined file and what is left of the variables', () => {
    const program = `
import base64, ssl, sys
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(sys.argv[1])
values = dict(line.split("=", 1) for line in open(sys.argv[2]).read().split("\\n") if line)
context.load_verify_locations(cadata=base64.b64decode(values["TLS_CA_BASE64"]).decode())
open(sys.argv[3], "wb").write(base64.b64decode(values["TLS_CERT_BASE64"]) + base64.b64decode(values["TLS_KEY_BASE64"]))
context.load_cert_chain(sys.argv[3])
print(len(context.get_ca_certs()), ssl.PEM_cert_to_DER_cert(open(sys.argv[4]).read()) == open(sys.argv[5], "rb").read())
`;
    const files = ['ec+2-combined.pem', 'ec+2.env', 'from-env.pem', 'ec+2.pem', 'ec+2.der'].map(lab.path);
    expect(lab.tool('python3', '-c', program, ...files)).toBe('1 True\n');
  });
});

describeWith(['sh', 'openssl'], 'a shell', () => {
  it('reads the variables', () => {
    const script = '. "$1"; printf %s "$TLS_CERT_BASE64" | base64 -d | openssl x509 -noout -subject';
    expect(lab.tool('sh', '-c', script, 'sh', lab.path('ec+2.env'))).toContain('CN = ec');
  });
});

describe('the Secret', () => {
  it('has the type and the members that Kubernetes asks for', () => {
    expect(Object.keys(secretValues())).toEqual(['tls.crt', 'tls.key', 'ca.crt']);
    const { 'tls.crt': chain = '', 'tls.key': key = '' } = secretValues();
    expect(chain).toBe(pem('ec+2-fullchain.pem'));
    expect(new X509Certificate(chain).checkPrivateKey(createPrivateKey(key))).toBe(true);
    expect(readSecretDocument(pem('ec+2-secret.yaml'), 'secret.yaml')).toHaveLength(3);
  });

  it('is read so by kubectl, where there is one', () => {
    if (findTool('kubectl') === undefined) return;
    const args = ['label', '--local', '-f', lab.path('ec+2-secret.yaml'), 'a=b', '-o', 'json'];
    const secret = JSON.parse(lab.tool('kubectl', ...args));
    expect(secret).toMatchObject({ apiVersion: 'v1', kind: 'Secret', type: 'kubernetes.io/tls' });
    expect(secret.metadata.name).toBe('my-server');
    expect(Buffer.from(secret.data['tls.key'], 'base64').toString()).toBe(pem('ec+2-key.pem'));
  });
});
