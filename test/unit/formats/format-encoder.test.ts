import { describe, expect, it } from '@jest/globals';
import { FORMATS, type Format, KEY_FORMATS } from '../../../src/formats/format.ts';
import { type FormatOptions, formatEncoder } from '../../../src/formats/format-encoder.ts';
import { secretName } from '../../../src/formats/kubernetes-secret.ts';
import { FILES_WITH_KEY, type Material } from '../../../src/formats/material.ts';
import { parseJks } from '../../../src/pki/jks.ts';
import { exportPkcs8Pem, generateKey } from '../../../src/pki/key.ts';
import { encodePem } from '../../../src/pki/pem.ts';
import { parsePkcs12 } from '../../../src/pki/pkcs12.ts';
import { systemRandom as random } from '../../../src/platform/random.ts';
import { codeOf } from '../../support/coded.ts';
import { NOW, testAuthority, testServer } from '../../support/test-pki.ts';

const root = testAuthority({ subject: 'root' });
const intermediate = testAuthority({ subject: 'intermediate', issuer: root });
const key = generateKey('ec-p256');
const leaf = testServer({ subject: 'API.test', issuer: intermediate, key });
const material: Material = {
  certificate: leaf.der,
  chain: [intermediate.der],
  root: root.der,
  key,
  fileName: 'api.test+1',
  names: ['API.test'],
};
const options: FormatOptions = { password: 'secret', createdAt: NOW, random };
const pem = (...ders: readonly Uint8Array[]) => ders.map((der) => encodePem('CERTIFICATE', der)).join('');

function encode(format: Format, changes: Partial<FormatOptions> = {}) {
  const [file] = formatEncoder([format], { ...options, ...changes })(material);
  if (file === undefined) throw new Error(`${format} makes no file`);
  return { ...file, text: Buffer.from(file.bytes).toString('latin1') };
}

describe('formatEncoder', () => {
  it('makes one file a format, two of DER, each with a mode for what is in it', () => {
    const files = formatEncoder([...FORMATS, 'p12'], options)(material);
    expect(files.map(({ format, fileName, mode }) => [format, fileName, mode.toString(8)])).toEqual([
      ['der', 'api.test+1.der', '644'],
      ['key-der', 'api.test+1-key.der', '600'],
      ['combined', 'api.test+1-combined.pem', '600'],
      ['p12', 'api.test+1.p12', '600'],
      ['truststore', 'api.test+1-truststore.p12', '644'],
      ['jks', 'api.test+1.jks', '600'],
      ['jks-truststore', 'api.test+1-truststore.jks', '644'],
      ['p7b', 'api.test+1.p7b', '644'],
      ['k8s', 'api.test+1-secret.yaml', '600'],
      ['base64', 'api.test+1.env', '600'],
    ]);
    for (const { format, mode } of files) expect(mode === 0o600).toBe(FILES_WITH_KEY.includes(format));
  });

  it('puts chain and key of PEM into one file, the end entity first, without the root', () => {
    expect(encode('combined').text).toBe(pem(leaf.der, intermediate.der) + exportPkcs8Pem(key));
  });

  it('names entries by the certificate, or as it is told', () => {
    const nameOf = (changes: Partial<FormatOptions>) =>
      parsePkcs12(encode('p12', changes).bytes, 'secret', 'a').keys[0]?.friendlyName;
    expect(nameOf({})).toBe('API.test');
    expect(nameOf({ alias: 'web server' })).toBe('web server');
    const trust = parsePkcs12(encode('truststore').bytes, 'secret', 'a').certificates;
    expect(trust).toMatchObject([{ friendlyName: 'devca-root', isTrusted: true }]);
    expect(parseJks(encode('jks').bytes, 'secret', 'a')).toMatchObject([{ alias: 'api.test' }]);
  });

  it('serves no root from a key store', () => {
    expect(parsePkcs12(encode('p12').bytes, 'secret', 'a').certificates).toHaveLength(2);
    expect(parseJks(encode('jks').bytes, 'secret', 'a')[0]?.certificates).toHaveLength(2);
  });

  it('writes one line a variable', () => {
    const values = encode('base64')
      .text.trimEnd()
      .split('\n')
      .map((line) => /^(TLS_[A-Z]+_BASE64)=([A-Za-z0-9+/=]+)$/.exec(line) ?? []);
    const decoded = values.map(([, name, value = '']) => [name, Buffer.from(value, 'base64').toString()]);
    expect(decoded).toEqual([
      ['TLS_CERT_BASE64', pem(leaf.der, intermediate.der)],
      ['TLS_KEY_BASE64', exportPkcs8Pem(key)],
      ['TLS_CA_BASE64', pem(root.der)],
    ]);
  });

  it('says which formats need a key that is not there', () => {
    const without = { ...material, key: undefined };
    expect(() => formatEncoder(FORMATS, options)(without)).toThrow(
      /^combined, p12, jks, k8s, base64 would hold the private key/,
    );
    for (const format of KEY_FORMATS)
      expect(codeOf(() => formatEncoder([format], options)(without))).toBe('DEVCA_FORMAT_NEEDS_KEY');
    const others = FORMATS.filter((format) => !KEY_FORMATS.includes(format));
    expect(formatEncoder(others, options)(without).map(({ format }) => format)).toEqual([
      'der',
      'truststore',
      'jks-truststore',
      'p7b',
    ]);
  });

  it('refuses what an entry cannot be called', () => {
    for (const alias of ['', ' ', 'a\nb', '😀', 'x'.repeat(129)])
      expect(codeOf(() => formatEncoder(['p12'], { ...options, alias }))).toBe('DEVCA_FORMAT_ALIAS');
    for (const alias of ['My App', '-x', 'a..b', 'x_y', 'x'.repeat(254)])
      expect(codeOf(() => formatEncoder(['k8s'], { ...options, alias }))).toBe('DEVCA_FORMAT_ALIAS');
  });

  it('calls an entry something where no name of the certificate will do', () => {
    const odd = { ...material, names: ['😀', ''] };
    const [file] = formatEncoder(['p12'], options)(odd);
    expect(parsePkcs12(file?.bytes ?? new Uint8Array(), 'secret', 'a').keys[0]?.friendlyName).toBe('devca');
  });
});

describe('the name of a Secret', () => {
  it.each([
    ['api.test+1', 'api.test-1'],
    ['_wildcard.App.test', 'wildcard.app.test'],
    ['alice-client', 'alice-client'],
    ['__1', '1'],
    ['+++', 'devca'],
    ['a.-b-.c', 'a.b.c'],
  ])('%s becomes %s', (text, name) => {
    expect(secretName(text, false)).toBe(name);
    expect(encode('k8s', { alias: secretName(name, true) }).text).toContain(`\n  name: "${name}"\n`);
  });
});
