import 'reflect-metadata';
import { createHash, createPublicKey, verify, type webcrypto, X509Certificate } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import * as x509 from '@peculiar/x509';
import { parseCertificate } from '../../../src/pki/certificate.ts';
import { buildCertificate } from '../../../src/pki/certificate-builder.ts';
import { parseCrl } from '../../../src/pki/crl.ts';
import { buildCrl } from '../../../src/pki/crl-builder.ts';
import { encodeBasicConstraints } from '../../../src/pki/extensions/basic-constraints.ts';
import { encodeExtendedKeyUsage } from '../../../src/pki/extensions/extended-key-usage.ts';
import { encodeKeyUsage } from '../../../src/pki/extensions/key-usage.ts';
import { encodeSubjectAltName } from '../../../src/pki/extensions/subject-alt-name.ts';
import { encodeSubjectKeyIdentifier } from '../../../src/pki/extensions/subject-key-identifier.ts';
import {
  exportPkcs8Pem,
  generateKey,
  KEY_TYPES,
  keyIdentifier,
  type PrivateKey,
} from '../../../src/pki/key.ts';
import { buildName } from '../../../src/pki/name.ts';
import { OID } from '../../../src/pki/oid.ts';
import { createSigner } from '../../../src/pki/signer.ts';

const NAME = buildName([{ type: 'commonName', value: 'builder' }]);
const FROM = new Date('2026-11-24T12:00:00Z');
const KEY = generateKey('ec-p256');

const fieldsFor = (key: PrivateKey) => ({
  serialNumber: '7f0102030405060708090a0b0c0d0e0f',
  issuer: NAME,
  subject: NAME,
  notBefore: FROM,
  notAfter: new Date('2050-01-01T00:00:00Z'),
  subjectPublicKeyInfo: key.subjectPublicKeyInfo,
  extensions: [],
});

describe('a certificate that is built', () => {
  it.each(KEY_TYPES.filter((type) => !/3072|4096/.test(type)))(
    'is read and its signature verified by the runtime, with %s',
    (type) => {
      const key = generateKey(type);
      const certificate = new X509Certificate(buildCertificate(fieldsFor(key), createSigner(key)));
      expect(certificate.verify(createPublicKey(exportPkcs8Pem(key)))).toBe(true);
      expect(certificate.subject).toBe('CN=builder');
      expect(certificate.serialNumber).toBe('7F0102030405060708090A0B0C0D0E0F');
    },
  );

  it('gives back its fields', () => {
    const fields = fieldsFor(KEY);
    const certificate = parseCertificate(buildCertificate(fields, createSigner(KEY)));
    expect(certificate).toMatchObject({
      version: 3,
      serialNumber: fields.serialNumber,
      notBefore: fields.notBefore,
      notAfter: fields.notAfter,
      extensions: [],
    });
  });

  it('is signed over bytes that are the same, to the last, as those of @peculiar/x509', async () => {
    const keys = (await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, [
      'sign',
      'verify',
    ])) as webcrypto.CryptoKeyPair;
    const spki = Buffer.from(await crypto.subtle.exportKey('spki', keys.publicKey));
    const ski = createHash('sha1').update(spki.subarray(-65)).digest();
    const theirs = await x509.X509CertificateGenerator.create({
      serialNumber: '7f01',
      subject: 'CN=builder',
      issuer: 'CN=builder',
      notBefore: FROM,
      notAfter: new Date('2050-01-01T00:00:00Z'),
      publicKey: keys.publicKey,
      signingKey: keys.privateKey,
      signingAlgorithm: { name: 'ECDSA', hash: 'SHA-256' },
      extensions: [
        new x509.BasicConstraintsExtension(true, 1, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
        new x509.ExtendedKeyUsageExtension([OID.serverAuth, OID.clientAuth]),
        new x509.SubjectAlternativeNameExtension([
          { type: 'dns', value: 'localhost' },
          { type: 'ip', value: '127.0.0.1' },
          { type: 'ip', value: '::1' },
          { type: 'email', value: 'a@test' },
          { type: 'url', value: 'spiffe://dev.internal/a' },
        ]),
        await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      ],
    });
    const parsed = parseCertificate(new Uint8Array(theirs.rawData));
    const ours = parseCertificate(
      buildCertificate(
        {
          ...fieldsFor(KEY),
          serialNumber: '7f01',
          // They write a PrintableString, we a UTF8String: the names are not what is compared here.
          issuer: parsed.issuer,
          subject: parsed.subject,
          subjectPublicKeyInfo: spki,
          extensions: [
            {
              oid: OID.basicConstraints,
              critical: true,
              value: encodeBasicConstraints({ cA: true, pathLenConstraint: 1 }),
            },
            { oid: OID.keyUsage, critical: true, value: encodeKeyUsage(['keyCertSign', 'cRLSign']) },
            {
              oid: OID.extKeyUsage,
              critical: false,
              value: encodeExtendedKeyUsage([OID.serverAuth, OID.clientAuth]),
            },
            {
              oid: OID.subjectAltName,
              critical: false,
              value: encodeSubjectAltName(parsed.subjectAltName ?? []),
            },
            { oid: OID.subjectKeyIdentifier, critical: false, value: encodeSubjectKeyIdentifier(ski) },
          ],
        },
        createSigner(KEY),
      ),
    );
    expect(Buffer.from(ours.tbs).toString('hex')).toBe(Buffer.from(parsed.tbs).toString('hex'));
  });
});

describe('a CRL that is built', () => {
  const fields = {
    issuer: NAME,
    thisUpdate: FROM,
    nextUpdate: new Date('2031-11-24T12:00:00Z'),
    number: 258,
    authorityKeyIdentifier: keyIdentifier(KEY.subjectPublicKeyInfo),
    revoked: [
      { serialNumber: '7f01', revokedAt: FROM, reason: 'keyCompromise' as const },
      { serialNumber: '80', revokedAt: FROM },
    ],
  };

  it('gives back its fields, and its signature is good', () => {
    const crl = parseCrl(buildCrl(fields, createSigner(KEY)));
    expect(crl).toMatchObject({
      version: 2,
      crlNumber: 258n,
      thisUpdate: FROM,
      nextUpdate: fields.nextUpdate,
    });
    expect(crl.revoked.map(({ serialNumber, reason }) => [serialNumber, reason])).toEqual([
      ['7f01', 'keyCompromise'],
      ['80', undefined],
    ]);
    expect(verify('sha256', crl.tbs, createPublicKey(exportPkcs8Pem(KEY)), crl.signature)).toBe(true);
  });

  it('has no list where nothing is revoked', () => {
    expect(parseCrl(buildCrl({ ...fields, revoked: [] }, createSigner(KEY))).revoked).toEqual([]);
  });

  it('is read by @peculiar/x509', () => {
    const crl = new x509.X509Crl(Buffer.from(buildCrl(fields, createSigner(KEY))));
    expect(crl.entries.map((entry) => entry.serialNumber)).toEqual(['7f01', '80']);
    expect(crl.nextUpdate).toEqual(fields.nextUpdate);
  });
});
