import { describe, expect, it } from '@jest/globals';
import { createEphemeralAuthority } from '../../../src/authority/ephemeral-authority.ts';
import type { Certificate } from '../../../src/pki/certificate.ts';
import { bytesToHex } from '../../../src/pki/fingerprint.ts';
import { nameEquals } from '../../../src/pki/name.ts';
import { nameInside, nameOutside } from '../../../src/proof/permitted-names.ts';
import { createTwin, forge } from '../../../src/proof/twin-authority.ts';
import { verifyChainSync } from '../../../src/validation/verify-chain.ts';
import { issue, world } from './subjects.ts';

const identifier = ({ subjectKeyIdentifier }: Certificate) =>
  bytesToHex(subjectKeyIdentifier ?? new Uint8Array());

describe('the twin authority', () => {
  it('copies names, usages and constraints of the real one', async () => {
    const { authority, issued } = await issue('service');
    const twin = createTwin([authority.intermediate, authority.root], 'own', world);
    const { certificate, certPem } = twin.issue(issued.certificate);
    expect(nameEquals(certificate.subject, issued.certificate.subject)).toBe(true);
    expect(certificate.subjectAltName).toEqual(issued.certificate.subjectAltName);
    expect(certificate.extendedKeyUsage).toEqual(issued.certificate.extendedKeyUsage);
    expect(certificate.keyUsage).toEqual(issued.certificate.keyUsage);
    const [, intermediate] = certPem.match(/-----BEGIN[\s\S]*?END CERTIFICATE-----/g) ?? [];
    const request = {
      endEntity: certificate.der,
      intermediates: [intermediate ?? ''],
      at: world.clock.now(),
    };
    expect(verifyChainSync({ ...request, trustAnchors: [twin.rootPem] }).valid).toBe(true);
    expect(verifyChainSync({ ...request, trustAnchors: [authority.root.der] }).valid).toBe(false);
  });

  it('never signs with a key of the real one, nor twice with the same', async () => {
    const { authority, issued } = await issue('server');
    const twin = createTwin([authority.intermediate, authority.root], 'own', world);
    const keys = [twin.issue(issued.certificate), twin.issue(issued.certificate)].map(({ keyPem }) => keyPem);
    expect(new Set([...keys, issued.keyPem]).size).toBe(3);
    expect(twin.rootPem).not.toBe(authority.rootPem);
  });

  it('has the names of the real one where it is foreign, and its key identifiers too where it is forged', async () => {
    const { authority, issued } = await issue('server');
    const issuers = [authority.intermediate, authority.root] as const;
    const foreign = createTwin(issuers, 'foreign', world).issue(issued.certificate).certificate;
    const forged = forge(issued.certificate, {}, issuers, world).certificate;
    expect(nameEquals(foreign.issuer, authority.intermediate.subject)).toBe(true);
    expect(nameEquals(forged.issuer, authority.intermediate.subject)).toBe(true);
    const claimed = (certificate: Certificate) =>
      bytesToHex(certificate.authorityKeyIdentifier?.keyIdentifier ?? new Uint8Array());
    expect(claimed(forged)).toBe(identifier(authority.intermediate));
    expect(claimed(foreign)).not.toBe(identifier(authority.intermediate));
  });
});

describe('a forged chain', () => {
  it.each(['ec-p256', 'ec-p384', 'rsa-2048'] as const)(
    'is wrong in nothing but its signature, for an authority with %s',
    async (keyType) => {
      const authority = await createEphemeralAuthority({ keyType });
      const issued = await authority.issue(['localhost']);
      const forged = forge(issued.certificate, {}, [authority.intermediate, authority.root], world);
      const [, intermediate = ''] = forged.certPem.match(/-----BEGIN[\s\S]*?END CERTIFICATE-----/g) ?? [];
      const { problems } = verifyChainSync({
        endEntity: forged.certificate.der,
        intermediates: [intermediate],
        trustAnchors: [authority.root.der],
        at: world.clock.now(),
      });
      expect(problems.map(({ code }) => code)).toEqual(['DEVCA_PATH_SIGNATURE_INVALID']);
    },
  );
});

describe('names inside and outside a constraint', () => {
  it('are found for the default constraint', async () => {
    const { intermediate, root } = await createEphemeralAuthority();
    expect(nameInside([intermediate, root])).toBe('devca-proof.internal');
    expect(nameOutside([intermediate, root])).toBe('devca-proof.net');
  });

  it('are found for a narrow one', async () => {
    const { intermediate, root } = await createEphemeralAuthority({ permitOnly: ['corp.example', 'net'] });
    expect(nameInside([intermediate, root])).toBe('devca-proof.corp.example');
    expect(nameOutside([intermediate, root])).toBe('devca-proof.com');
  });

  it('tell where there is no constraint', async () => {
    const { intermediate, root } = await createEphemeralAuthority({ unconstrained: true });
    expect(nameInside([intermediate, root])).toBe('devca-proof.internal');
    expect(nameOutside([intermediate, root])).toBeUndefined();
  });
});
