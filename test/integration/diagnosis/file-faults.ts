import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runClient, sections } from './clients/command-line.ts';
import { FaultyPki } from './faulty-pki.ts';

/** What a program said about files that it was given, and the faults that this may be called for certain. */
export interface Transcript {
  readonly id: string;
  readonly faults: readonly string[];
  readonly text: string;
}

const FAULTS: Readonly<Record<string, string>> = {
  'key-mismatch': 'KEY_MISMATCH',
  'key-other-type': 'KEY_MISMATCH',
  'key-missing': 'FILE_MISSING',
  'key-garbage': 'PEM_INVALID',
  'key-passphrase': 'KEY_PASSPHRASE',
  'key-format': 'KEY_FORMAT',
  'pem-garbage': 'PEM_INVALID',
  'pem-truncated': 'PEM_INVALID CERTIFICATE_MALFORMED',
  'pem-swapped': 'PEM_INVALID',
  'p12-password': 'P12_PASSWORD',
  'p12-legacy': 'P12_LEGACY',
  'p12-without-key': 'P12_WITHOUT_KEY',
  'trust-file-missing': 'TRUST_FILE_MISSING',
  'trust-file-garbage': 'PEM_INVALID',
  'trust-store-empty': 'TRUST_STORE_EMPTY',
  'keystore-format': 'KEYSTORE_FORMAT',
  'cipher-list': 'CIPHER_LIST',
  'server-key-missing': 'SERVER_CERT_NOT_CONFIGURED',
};

/** Writes the files that the commands below are given. */
export async function writeFaultyFiles(folder: string): Promise<void> {
  const pki = new FaultyPki(folder, new Date());
  for (const name of ['one', 'two']) pki.write(pki.issue(name));
  pki.write(pki.issue('rsa', undefined, { key: 'rsa' }));
  writeFileSync(join(folder, 'garbage.pem'), 'garbage\n');
  writeFileSync(
    join(folder, 'truncated.pem'),
    '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n',
  );
  const legacy = ['-legacy', '-keypbe', 'RC2-40-CBC', '-certpbe', 'RC2-40-CBC'];
  const pkcs12 = ['pkcs12', '-export', '-in', 'one.pem', '-inkey', 'one.key', '-passout', 'pass:right'];
  for (const args of [
    [...pkcs12, '-out', 'good.p12'],
    [...pkcs12, ...legacy, '-out', 'legacy.p12'],
    ['pkcs12', '-export', '-nokeys', '-in', 'one.pem', '-out', 'trust.p12', '-passout', 'pass:right'],
    [
      'pkcs8',
      '-topk8',
      '-in',
      'one.key',
      '-out',
      'secret.key',
      '-passout',
      'pass:right',
      '-v2',
      'aes-256-cbc',
    ],
    ['ec', '-in', 'one.key', '-out', 'sec1.key'],
  ]) {
    await inFolder(folder, 'openssl', args);
  }
}

const inFolder = (folder: string, program: string, args: readonly string[]) =>
  runClient(program, args, { folder });

/** Every client that takes files, with files that are wrong. `port` is that of a good TLS server. */
export async function fileTranscripts(
  client: keyof typeof COMMANDS,
  folder: string,
  port: number,
  tool: string = client,
): Promise<Transcript[]> {
  const transcripts: Transcript[] = [];
  for (const [id, args] of COMMANDS[client](port, folder)) {
    const { output } = await inFolder(folder, tool, args);
    transcripts.push(...transcript(id, output.trim()));
  }
  return transcripts;
}

/** Java is started once for all of its files. */
export async function javaFileTranscripts(folder: string): Promise<Transcript[]> {
  const source = join(import.meta.dirname, 'clients', 'file-faults.java');
  const { output } = await runClient('java', ['-XX:TieredStopAtLevel=1', source, folder]);
  return [...sections(output)].flatMap(([id, text]) => transcript(id, text));
}

function transcript(id: string, text: string): Transcript[] {
  const fault = FAULTS[id];
  if (fault === undefined) throw new Error(`no fault for ${id}`);
  return text === '' ? [] : [{ id, faults: fault.split(' ').map((name) => `DEVCA_FAULT_${name}`), text }];
}

type Rows = readonly (readonly [id: string, args: readonly string[]])[];

const COMMANDS = {
  curl: (port: number): Rows => {
    const get = (...args: string[]) => ['-sS', '-o', '/dev/null', `https://localhost:${port}/`, ...args];
    return [
      ['key-mismatch', get('--cert', 'one.pem', '--key', 'two.key')],
      ['key-other-type', get('--cert', 'one.pem', '--key', 'rsa.key')],
      ['key-missing', get('--cert', 'one.pem', '--key', 'nope.key')],
      ['key-garbage', get('--cert', 'one.pem', '--key', 'garbage.pem')],
      ['key-passphrase', get('--cert', 'one.pem', '--key', 'secret.key', '--pass', 'wrong')],
      ['pem-garbage', get('--cert', 'garbage.pem', '--key', 'one.key')],
      ['pem-truncated', get('--cert', 'truncated.pem', '--key', 'one.key')],
      ['p12-password', get('--cert-type', 'P12', '--cert', 'good.p12:wrong')],
      ['p12-legacy', get('--cert-type', 'P12', '--cert', 'legacy.p12:right')],
      ['trust-file-missing', get('--cacert', 'nope.pem')],
      ['trust-file-garbage', get('--cacert', 'garbage.pem')],
      ['cipher-list', get('--ciphers', 'NOPE')],
    ];
  },
  openssl: (port: number): Rows => {
    const connect = (...args: string[]) => ['s_client', '-connect', `127.0.0.1:${port}`, ...args];
    return [
      ['key-mismatch', connect('-cert', 'one.pem', '-key', 'two.key')],
      ['key-missing', connect('-cert', 'one.pem', '-key', 'nope.key')],
      ['key-passphrase', connect('-cert', 'one.pem', '-key', 'secret.key', '-pass', 'pass:wrong')],
      ['pem-garbage', connect('-cert', 'garbage.pem', '-key', 'one.key')],
      ['pem-garbage', ['x509', '-noout', '-in', 'garbage.pem']],
      ['p12-password', ['pkcs12', '-in', 'good.p12', '-passin', 'pass:wrong', '-nodes']],
      ['p12-legacy', ['pkcs12', '-in', 'legacy.p12', '-passin', 'pass:right', '-nodes']],
    ];
  },
  gnutls: (port: number): Rows => [
    ['trust-file-missing', ['--x509cafile', 'nope.pem', '-p', String(port), 'localhost']],
  ],
  wget: (port: number): Rows => [
    ['trust-file-missing', ['--ca-certificate=nope.pem', '-t', '1', `https://localhost:${port}/`]],
  ],
  node: (): Rows => {
    const context = (options: string) => [
      '-e',
      `const read = require('node:fs').readFileSync; try { require('node:tls').createSecureContext(${options}); }
       catch (error) { console.log('Error: ' + error.message + " { code: '" + error.code + "' }"); }`,
    ];
    return [
      ['key-mismatch', context("{ cert: read('one.pem'), key: read('two.key') }")],
      ['key-missing', context("{ cert: read('one.pem'), key: read('nope.key') }")],
      ['key-garbage', context("{ cert: read('one.pem'), key: read('garbage.pem') }")],
      ['key-passphrase', context("{ cert: read('one.pem'), key: read('secret.key'), passphrase: 'wrong' }")],
      ['pem-garbage', context("{ cert: read('garbage.pem'), key: read('one.key') }")],
      ['p12-password', context("{ pfx: read('good.p12'), passphrase: 'wrong' }")],
      ['p12-legacy', context("{ pfx: read('legacy.p12'), passphrase: 'right' }")],
      ['p12-without-key', context("{ pfx: read('trust.p12'), passphrase: 'right' }")],
      ['cipher-list', context("{ ciphers: 'NOPE' }")],
    ];
  },
  python: (): Rows => {
    const load = (call: string) => [
      '-c',
      `import ssl, traceback\ntry: ssl.create_default_context().${call}\nexcept Exception as e: print(''.join(traceback.format_exception_only(type(e), e)))`,
    ];
    return [
      ['key-mismatch', load("load_cert_chain('one.pem', 'two.key')")],
      ['key-missing', load("load_cert_chain('one.pem', 'nope.key')")],
      ['key-garbage', load("load_cert_chain('one.pem', 'garbage.pem')")],
      ['key-passphrase', load("load_cert_chain('one.pem', 'secret.key', 'wrong')")],
      ['pem-garbage', load("load_cert_chain('garbage.pem', 'one.key')")],
      ['trust-file-garbage', load("load_verify_locations('garbage.pem')")],
    ];
  },
  go: (): Rows => [
    ['key-mismatch', ['one.pem', 'two.key']],
    ['key-other-type', ['one.pem', 'rsa.key']],
    ['key-missing', ['one.pem', 'nope.key']],
    ['key-garbage', ['one.pem', 'garbage.pem']],
    ['key-passphrase', ['one.pem', 'secret.key']],
    ['pem-garbage', ['garbage.pem', 'one.key']],
    ['pem-truncated', ['truncated.pem', 'one.key']],
    ['pem-swapped', ['one.key', 'one.pem']],
  ],
  nginx: (_port: number, folder: string): Rows => {
    const check = (name: string, ...directives: string[]) => {
      const server = `server { listen 127.0.0.1:1 ssl; ${directives.map((line) => `${line};`).join(' ')} }`;
      const file = join(folder, `${name}.conf`);
      const main = `pid ${folder}/pid; error_log stderr; events {}`;
      writeFileSync(file, `${main} http { access_log off; ${server} }\n`);
      return ['-t', '-c', file];
    };
    const cert = (name: string) => `ssl_certificate ${folder}/${name}`;
    const key = (name: string) => `ssl_certificate_key ${folder}/${name}`;
    return [
      ['key-mismatch', check('mismatch', cert('one.pem'), key('two.key'))],
      ['key-missing', check('missing', cert('one.pem'), key('nope.key'))],
      ['key-garbage', check('key-garbage', cert('one.pem'), key('garbage.pem'))],
      ['pem-garbage', check('garbage', cert('garbage.pem'), key('one.key'))],
      ['server-key-missing', check('no-key', cert('one.pem'))],
      ['server-key-missing', check('no-cert')],
    ];
  },
} as const;
