import { describe, expect, it } from '@jest/globals';
import { isDevcaError } from '../../../src/errors/devca-error.ts';
import { derKind } from '../../../src/pki/der-kind.ts';
import { exportPkcs8Pem } from '../../../src/pki/key.ts';
import { encodePem } from '../../../src/pki/pem.ts';
import { readContainer } from '../../../src/verification/container.ts';
import { testCrl } from '../../support/test-pki.ts';
import { containers } from '../pki/fixtures/containers.ts';
import { intermediate, pem, root, server } from './lab.ts';

const utf8 = (text: string): Uint8Array => Buffer.from(text, 'utf8');
const fixture = (name: keyof typeof containers): Uint8Array => Buffer.from(containers[name], 'base64');
const chain = pem(server, intermediate);
const keyPem = exportPkcs8Pem(server.key);

const secretYaml = [
  'apiVersion: v1',
  'kind: Secret',
  'metadata:',
  '  name: web',
  'data:',
  `  tls.crt: ${Buffer.from(chain).toString('base64')}`,
  `  tls.key: ${Buffer.from(keyPem).toString('base64')}`,
  '',
].join('\n');

function countOf(bytes: Uint8Array, password?: string) {
  const { form, bundles } = readContainer(bytes, 'x', password);
  return [form, ...bundles.map(({ certificates, keys }) => `${certificates.length}+${keys.length}`)];
}

function failure(bytes: Uint8Array): string {
  try {
    readContainer(bytes, 'the-file');
    return 'nothing was thrown';
  } catch (error) {
    return isDevcaError(error) ? `${error.code}: ${error.message}` : `${error}`;
  }
}

describe('readContainer', () => {
  it.each([
    ['PEM', utf8(chain), undefined, ['pem', '2+0']],
    ['PEM with its key', utf8(keyPem + chain), undefined, ['pem', '2+1']],
    [
      'PEM with text, CRLF and a byte order mark',
      utf8(`\ufeffBag Attributes\r\n${chain.replaceAll('\n', '\r\n')}`),
      undefined,
      ['pem', '2+0'],
    ],
    ['the UTF-16 of PowerShell', Buffer.from(`\ufeff${chain}`, 'utf16le'), undefined, ['pem', '2+0']],
    ['DER', server.der, undefined, ['der', '1+0']],
    ['DER one after the other', Buffer.concat([server.der, intermediate.der]), undefined, ['der', '2+0']],
    ['PKCS#7', fixture('pkcs7'), undefined, ['pkcs7', '1+0']],
    ['PKCS#7 in PEM', utf8(encodePem('PKCS7', fixture('pkcs7'))), undefined, ['pem', '1+0']],
    ['PKCS#12', fixture('modern'), 'secret', ['pkcs12', '1+1']],
    ['JKS', fixture('jksKey'), undefined, ['jks', '1+0']],
    ['JKS with trusted certificates alone', fixture('jksTrusted'), undefined, ['jks', '1+0']],
    ['a Kubernetes Secret', utf8(secretYaml), undefined, ['kubernetes', '2+1']],
  ])('reads %s', (_form, bytes, password, expected) => {
    expect(countOf(bytes, password)).toEqual(expected);
  });

  it('remembers the line of each certificate in a text', () => {
    const lines = readContainer(utf8(`# ours\n${chain}`), 'x').bundles[0]?.certificates.map(
      ({ line }) => line,
    );
    expect(lines?.[0]).toBe(2);
    expect(lines?.[1]).toBe(1 + pem(server).split('\n').length);
  });

  it('leaves a certificate that cannot be parsed in its place', () => {
    const broken = encodePem('CERTIFICATE', server.der.with(20, 0xff));
    const [bundle] = readContainer(utf8(broken + pem(intermediate)), 'x').bundles;
    expect(bundle?.certificates.map(({ certificate }) => certificate === undefined)).toEqual([true, false]);
  });

  it.each([
    ['nothing', new Uint8Array(), 'DEVCA_TARGET_EMPTY: "the-file" is empty'],
    [
      'binary garbage',
      Uint8Array.of(0x41, 0x42, 0x07, 0x99),
      'DEVCA_TARGET_UNRECOGNIZED: "the-file" holds no certificate in any known form: byte 0x07 is no text, and the beginning is no DER at byte 2',
    ],
    [
      'text',
      utf8('hello, world'),
      'DEVCA_TARGET_UNRECOGNIZED: "the-file" holds no certificate in any known form: it is text without a PEM block at byte 0',
    ],
    [
      'bare base64',
      utf8(Buffer.from(server.der).toString('base64')),
      'base64 without "-----BEGIN CERTIFICATE-----" around it',
    ],
    ['other DER', Uint8Array.of(0x30, 0x03, 0x02, 0x01, 0x01), 'DEVCA_TARGET_UNRECOGNIZED'],
    [
      'a private key in PEM',
      utf8(keyPem),
      'DEVCA_CERTIFICATE_NONE: there is no certificate in "the-file", only PRIVATE KEY',
    ],
    [
      'a private key in DER',
      server.key.keyObject.export({ type: 'pkcs8', format: 'der' }),
      'only PRIVATE KEY',
    ],
    ['a public key', server.key.subjectPublicKeyInfo, 'only PUBLIC KEY'],
    ['a revocation list', testCrl({ signer: root }), 'only X509 CRL'],
    [
      'DER that is cut off',
      server.der.subarray(0, 100),
      /DEVCA_DER_INVALID: .*reaches beyond the end at byte 0/,
    ],
    ['PEM that is cut off', utf8(chain.slice(0, -40)), /DEVCA_PEM_INVALID: .* at line \d+/],
    [
      'a Secret without a certificate',
      utf8('apiVersion: v1\nkind: Secret\ndata:\n  password: c2VjcmV0\n'),
      'DEVCA_CERTIFICATE_NONE',
    ],
    [
      'a Secret with broken base64',
      utf8('apiVersion: v1\nkind: Secret\ndata:\n  tls.crt: c2Vj*\n'),
      'DEVCA_SECRET_INVALID: "the-file" is not a Kubernetes Secret that can be read: the base64 of "tls.crt" is incomplete or has other characters at line 4',
    ],
  ])('refuses %s with what it is and where', (_what, bytes, expected) => {
    if (typeof expected === 'string') expect(failure(bytes)).toContain(expected);
    else expect(failure(bytes)).toMatch(expected);
  });

  it.each([
    ['PEM', utf8(chain)],
    ['DER', Uint8Array.from(server.der)],
    ['a Secret', utf8(secretYaml)],
    ['a key beside its chain', utf8(keyPem + chain)],
  ])('%s is a coded error or fewer certificates when it is cut off at any byte', (_form, bytes) => {
    for (let length = 0; length < bytes.length; length++)
      expect(failure(bytes.subarray(0, length))).toMatch(/^(DEVCA_[A-Z0-9_]+: |nothing was thrown)/);
  });
});

describe('derKind', () => {
  it('tells a request, a list, keys and certificates apart by their form', () => {
    expect(derKind(server.der)).toBe('certificate');
    expect(derKind(testCrl({ signer: root }))).toBe('X509 CRL');
    expect(derKind(fixture('modern'))).toBe('pkcs12');
    expect(derKind(fixture('nss'))).toBe('pkcs12');
    expect(derKind(Uint8Array.of(0x30, 0x80))).toBe('unknown');
  });
});
