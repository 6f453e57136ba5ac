import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseCertificationRequest } from '../../../src/pki/certification-request.ts';
import { readCertificationRequest } from '../../../src/pki/certification-request-file.ts';
import { formatName } from '../../../src/pki/name-text.ts';
import { OID } from '../../../src/pki/oid.ts';
import { encodePem } from '../../../src/pki/pem.ts';
import { codeOf } from '../../support/coded.ts';
import { dns, sanExtension, testRequest } from '../../support/test-request.ts';

const der = testRequest({
  subject: [{ type: 'commonName', value: 'api.test' }],
  names: [dns('api.test')],
});

const text = (...blocks: readonly string[]): Uint8Array => Buffer.from(blocks.join(''));

const parse = (bytes: Uint8Array) => parseCertificationRequest(bytes, 'r.der');

describe('parseCertificationRequest', () => {
  it('reads subject, key, extensions and signature', () => {
    const request = parse(der);
    expect(formatName(request.subject)).toBe('CN=api.test');
    expect(request.publicKeyAlgorithm.oid).toBe(OID.ecPublicKey);
    expect(request.extensions.map(({ oid }) => oid)).toEqual([OID.subjectAltName]);
    expect(request.signatureAlgorithm.oid).toBe(OID.ecdsaWithSha256);
  });

  it("reads Microsoft's attribute, and requests without any", () => {
    const microsoft = testRequest({ names: [dns('a.test')], attributeType: OID.microsoftExtensionRequest });
    expect(parse(microsoft).extensions).toHaveLength(1);
    expect(parse(testRequest({ withoutAttributes: true })).extensions).toEqual([]);
  });

  it('passes over attributes that ask for no extension', () => {
    const odd = testRequest({ names: [dns('a.test')], attributeType: '1.2.840.113549.1.9.7' });
    expect(parse(odd).extensions).toEqual([]);
  });

  it('refuses another version, and an extension that is asked for twice', () => {
    expect(codeOf(() => parse(testRequest({ version: 1 })))).toBe('DEVCA_DER_INVALID');
    const twice = testRequest({ extensions: [sanExtension([dns('a.test')]), sanExtension([dns('b.test')])] });
    expect(codeOf(() => parse(twice))).toBe('DEVCA_DER_INVALID');
  });

  it('refuses a request that ends anywhere else', () => {
    for (let length = 0; length < der.length; length++)
      expect(codeOf(() => parse(der.subarray(0, length)))).toBe('DEVCA_DER_INVALID');
    expect(codeOf(() => parse(Buffer.concat([der, der])))).toBe('DEVCA_DER_INVALID');
  });

  it('never crashes on a changed byte', () => {
    fc.assert(
      fc.property(fc.nat(der.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const changed = Uint8Array.from(der);
        changed[at] = (changed[at] ?? 0) ^ change;
        expect(codeOf(() => parse(changed))).toMatch(/^(DEVCA_DER_INVALID|nothing .*)$/);
      }),
      { numRuns: 500 },
    );
  });
});

describe('readCertificationRequest', () => {
  it.each(['CERTIFICATE REQUEST', 'NEW CERTIFICATE REQUEST'])('reads PEM with the label %s', (label) => {
    const pem = text('made by hand\n', encodePem(label, der));
    expect(formatName(readCertificationRequest(pem, 'r.pem').subject)).toBe('CN=api.test');
  });

  it('reads DER', () => {
    expect(formatName(readCertificationRequest(der, 'r.der').subject)).toBe('CN=api.test');
  });

  it('refuses a file without a request, or with several', () => {
    const pem = encodePem('CERTIFICATE REQUEST', der);
    for (const odd of [text(''), text('hello'), text(encodePem('CERTIFICATE', der)), text(pem, pem)])
      expect(codeOf(() => readCertificationRequest(odd, 'r.pem'))).toBe('DEVCA_CSR_NONE');
  });

  it.each([
    ['r.der', der.subarray(0, -1)],
    ['r.pem', text(encodePem('CERTIFICATE REQUEST', der.subarray(0, -1)))],
  ])('names the file of a request that is cut off: %s', (source, bytes) => {
    expect(() => readCertificationRequest(bytes, source)).toThrow(
      `the certification request in "${source}" is not valid DER: `,
    );
  });

  it('refuses PEM that is cut off', () => {
    const pem = encodePem('CERTIFICATE REQUEST', der);
    expect(codeOf(() => readCertificationRequest(text(pem.slice(0, 200)), 'r.pem'))).toBe(
      'DEVCA_PEM_INVALID',
    );
  });
});
