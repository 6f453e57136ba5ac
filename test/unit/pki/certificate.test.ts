import { X509Certificate } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { DevcaError } from '../../../src/errors/devca-error.ts';
import { parseCertificate } from '../../../src/pki/certificate.ts';
import { DerReader, TAG } from '../../../src/pki/der-reader.ts';
import {
  encodeBitString,
  encodeInteger,
  encodeNull,
  encodeSequence,
  encodeTagged,
  retag,
} from '../../../src/pki/der-writer.ts';
import { sha256Hex } from '../../../src/pki/fingerprint.ts';
import { formatName } from '../../../src/pki/name-text.ts';
import { OID } from '../../../src/pki/oid.ts';
import { dns, extension, ip, testAuthority, testServer } from '../../support/test-pki.ts';

const root = testAuthority({
  subject: 'root',
  pathLenConstraint: 1,
  extensions: [extension.nameConstraints([dns('test')])],
});
const server = testServer({ subject: 'api.test', issuer: root, names: [dns('api.test'), ip('::1')] });

describe('a certificate', () => {
  it('is read as Node reads it', () => {
    const { certificate } = server;
    const node = new X509Certificate(server.der);
    expect(certificate.serialNumber).toBe(node.serialNumber.toLowerCase());
    expect(formatName(certificate.subject)).toBe(node.subject);
    expect(formatName(certificate.issuer)).toBe(node.issuer);
    expect(certificate.notBefore).toEqual(node.validFromDate);
    expect(certificate.notAfter).toEqual(node.validToDate);
    expect(sha256Hex(certificate.der)).toBe(node.fingerprint256.replaceAll(':', '').toLowerCase());
    expect(certificate.extendedKeyUsage).toEqual(node.keyUsage);
    expect(Buffer.from(certificate.subjectPublicKeyInfo)).toEqual(
      node.publicKey.export({ type: 'spki', format: 'der' }),
    );
  });

  it('has its extensions decoded, and those it lacks undefined', () => {
    expect(root.certificate.basicConstraints).toEqual({ cA: true, pathLenConstraint: 1 });
    expect(root.certificate.keyUsage).toEqual(['keyCertSign', 'cRLSign']);
    expect(root.certificate.nameConstraints?.permitted).toEqual([{ base: dns('test') }]);
    expect(root.certificate.subjectKeyIdentifier).toEqual(
      root.certificate.authorityKeyIdentifier?.keyIdentifier,
    );
    expect(server.certificate.basicConstraints).toBeUndefined();
    expect(server.certificate.subjectAltName).toEqual([dns('api.test'), ip('::1')]);
  });

  it('may have version 1 without extensions, and unique identifiers from version 2 on', () => {
    const fields = fieldsOf(server.der).slice(1, 7);
    expect(parseCertificate(withFields(fields))).toMatchObject({ version: 1, extensions: [] });
    const unique = retag(0x81, encodeBitString(Uint8Array.of(1)));
    expect(parseCertificate(withFields([version(1), ...fields, unique]))).toMatchObject({ version: 2 });
    expect(() => parseCertificate(withFields([...fields, unique]))).toThrow(/unique identifier/);
  });

  it.each<[string, () => Uint8Array, RegExp]>([
    ['bytes after its end', () => Buffer.concat([server.der, Uint8Array.of(0)]), /follow its end/],
    ['a version that says its default', () => changed((f) => [version(0), ...f.slice(1)]), /the default/],
    ['version 4', () => changed((f) => [version(3), ...f.slice(1)]), /version 4/],
    ['extensions in version 1', () => changed((f) => f.slice(1)), /version 1 has extensions/],
    [
      'extensions in version 2',
      () => changed((f) => [version(1), ...f.slice(1)]),
      /version 2 has extensions/,
    ],
    ['a field more', () => changed((f) => [...f, encodeNull()]), /follow its end/],
    [
      'a signature that ends within an octet',
      () => encodeSequence(...parts(server.der).slice(0, 2), encodeBitString(Uint8Array.of(0xfe), 1)),
      /end at an octet/,
    ],
    [
      'a malformed extension that is known',
      () =>
        testServer({
          subject: 'a',
          extensions: [{ oid: OID.freshestCRL, critical: false, value: encodeNull() }],
        }).der,
      /cRLDistributionPoints|freshestCRL/,
    ],
  ])('is refused with %s', (_, der, reason) => {
    expect(() => parseCertificate(der())).toThrow(reason);
  });

  it('keeps extensions that it does not know as they are', () => {
    const unknown = { oid: '1.2.3.4', critical: false, value: Uint8Array.of(0xff, 0xff) };
    const { certificate } = testServer({ subject: 'a', extensions: [unknown] });
    expect(certificate.extensions).toContainEqual(unknown);
  });

  it('that is cut off or changed gives a coded error or another certificate, never a crash', () => {
    fc.assert(
      fc.property(
        fc.nat(server.der.length - 1),
        fc.integer({ min: 1, max: 255 }),
        fc.boolean(),
        (at, change, isCut) => {
          const der = Uint8Array.from(isCut ? server.der.subarray(0, at) : server.der);
          if (!isCut) der[at] = (der[at] ?? 0) ^ change;
          try {
            expect(sha256Hex(parseCertificate(der).der)).not.toBe(sha256Hex(server.der));
          } catch (cause) {
            expect(cause).toBeInstanceOf(DevcaError);
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});

const version = (value: number): Uint8Array => encodeTagged(0xa0, encodeInteger(value));

/** The three parts of a certificate. */
function parts(der: Uint8Array): Uint8Array[] {
  return new DerReader(der, 'certificate').enter().readAll((reader) => reader.read().der);
}

function fieldsOf(der: Uint8Array): Uint8Array[] {
  const [tbs = new Uint8Array()] = parts(der);
  return new DerReader(tbs, 'tbs').enter(TAG.sequence).readAll((reader) => reader.read().der);
}

function withFields(fields: readonly Uint8Array[]): Uint8Array {
  return encodeSequence(encodeSequence(...fields), ...parts(server.der).slice(1));
}

const changed = (change: (fields: Uint8Array[]) => Uint8Array[]): Uint8Array =>
  withFields(change(fieldsOf(server.der)));
