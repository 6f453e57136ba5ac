import { verify, X509Certificate } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { buildConstraint } from '../../../src/authority/constraint.ts';
import { buildHierarchy } from '../../../src/authority/hierarchy.ts';
import { parseCrl } from '../../../src/pki/crl.ts';
import { bytesToHex } from '../../../src/pki/fingerprint.ts';
import { buildName, commonNameOf, nameEquals } from '../../../src/pki/name.ts';
import { OID } from '../../../src/pki/oid.ts';
import { worldAt } from '../../support/scratch.ts';

const WORLD = worldAt('2026-11-24T12:00:00Z');
const REQUEST = {
  keyType: 'ec-p256',
  constraint: buildConstraint(),
  generation: 3,
  owner: { userName: 'mara', hostName: 'laptop' },
} as const;
const { root, intermediate, rootCrl } = buildHierarchy(REQUEST, WORLD);

describe('a root', () => {
  it('signs itself and may have one intermediate below it', () => {
    const { certificate } = root;
    expect(commonNameOf(certificate.subject)).toBe('devca root mara@laptop 3');
    expect(nameEquals(certificate.issuer, certificate.subject)).toBe(true);
    expect(certificate.basicConstraints).toEqual({ cA: true, pathLenConstraint: 1 });
    expect(certificate.keyUsage).toEqual(['keyCertSign', 'cRLSign']);
    expect(certificate.extendedKeyUsage).toBeUndefined();
    expect(certificate.authorityKeyIdentifier).toBeUndefined();
    expect(new X509Certificate(certificate.der).verify(new X509Certificate(certificate.der).publicKey)).toBe(
      true,
    );
  });
});

describe('an intermediate', () => {
  it('is signed by the root, issues end entities only, for servers and clients', () => {
    const { certificate } = intermediate;
    expect(commonNameOf(certificate.subject)).toBe('devca intermediate mara@laptop 3');
    expect(nameEquals(certificate.issuer, root.certificate.subject)).toBe(true);
    expect(certificate.basicConstraints).toEqual({ cA: true, pathLenConstraint: 0 });
    expect(certificate.extendedKeyUsage).toEqual([OID.serverAuth, OID.clientAuth]);
    expect(certificate.authorityKeyIdentifier?.keyIdentifier).toEqual(root.certificate.subjectKeyIdentifier);
    expect(
      new X509Certificate(certificate.der).verify(new X509Certificate(root.certificate.der).publicKey),
    ).toBe(true);
  });
});

describe('both', () => {
  it.each([root, intermediate])('live five years and carry the critical constraint', ({ certificate }) => {
    expect(certificate.notBefore.toISOString()).toBe('2026-11-24T11:55:00.000Z');
    expect(certificate.notAfter.toISOString()).toBe('2031-11-24T11:54:59.000Z');
    expect(certificate.nameConstraints?.permitted).toHaveLength(30);
    expect(certificate.extensions.filter(({ critical }) => critical).map(({ oid }) => oid)).toEqual([
      OID.basicConstraints,
      OID.keyUsage,
      OID.nameConstraints,
    ]);
  });

  it('carry no constraint where there is none', () => {
    const open = buildHierarchy({ ...REQUEST, constraint: { unconstrained: true } }, WORLD);
    expect(open.root.certificate.nameConstraints).toBeUndefined();
    expect(open.intermediate.certificate.nameConstraints).toBeUndefined();
  });

  it('have other keys, serial numbers and subjects each time', () => {
    const again = buildHierarchy(REQUEST, WORLD);
    const all = [root, intermediate, again.root, again.intermediate].map(({ certificate }) => certificate);
    expect(new Set(all.map(({ serialNumber }) => serialNumber)).size).toBe(4);
    expect(new Set(all.map(({ subject }) => bytesToHex(subject.der))).size).toBe(4);
  });

  it('can be made to look like others', () => {
    const subjects = {
      root: buildName([{ type: 'commonName', value: 'r' }]),
      intermediate: buildName([{ type: 'commonName', value: 'i' }]),
    };
    const twin = buildHierarchy({ ...REQUEST, subjects }, WORLD);
    expect(commonNameOf(twin.intermediate.certificate.issuer)).toBe('r');
    expect(commonNameOf(twin.intermediate.certificate.subject)).toBe('i');
  });
});

describe('the one CRL of the root', () => {
  it('is empty and valid as long as the intermediate', () => {
    const crl = parseCrl(rootCrl);
    expect(crl.revoked).toEqual([]);
    expect(crl.crlNumber).toBe(1n);
    expect(crl.nextUpdate).toEqual(intermediate.certificate.notAfter);
    expect(crl.authorityKeyIdentifier?.keyIdentifier).toEqual(root.certificate.subjectKeyIdentifier);
    expect(
      verify('sha256', crl.tbs, new X509Certificate(root.certificate.der).publicKey, crl.signature),
    ).toBe(true);
  });
});
