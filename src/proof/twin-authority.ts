import type { Certificate } from '../pki/certificate.ts';
import { buildCrl } from '../pki/crl-builder.ts';
import { exportPkcs8Pem, keyIdentifier } from '../pki/key.ts';
import { buildName } from '../pki/name.ts';
import { encodePem } from '../pki/pem.ts';
import { createSigner } from '../pki/signer.ts';
import type { World } from '../platform/world.ts';
import type { IssuerPath } from './issuer-path.ts';
import type { Credentials } from './peer.ts';
import { HOUR_MS, signTwin, type TwinCertificate, type TwinChanges } from './twin-certificates.ts';

/** `own`: the twin that scenarios trust, under names of its own. `foreign`: the real names, and nobody trusts it. */
export type TwinKind = 'own' | 'foreign';

export interface TwinAuthority {
  readonly rootPem: string;
  /** PEM of one revocation list for each of its certificates. */
  crls(revoked: readonly Certificate[]): readonly string[];
  /** A copy of an end entity of the real authority. */
  issue(original: Certificate, changes?: TwinChanges): TwinEndEntity;
  /** As `issue`, signed by its own key alone. */
  issueSelfSigned(original: Certificate, changes?: TwinChanges): TwinEndEntity;
}

export interface TwinEndEntity extends Credentials {
  readonly certificate: Certificate;
  /** Without what stands between it and the root. */
  readonly alone: Credentials;
}

/** An authority in memory that is a copy of a real one: as deep, with the same usages and the same constraints. */
export function createTwin(
  issuers: IssuerPath,
  kind: TwinKind,
  world: Pick<World, 'clock' | 'random'>,
): TwinAuthority {
  const chain = signChain(issuers, kind, world);
  const [nearest] = chain;
  // A root that signs end entities itself is shown by the foreign twin, else its refusal looks like a missing link.
  const shown = chain.length === 1 && kind === 'foreign' ? chain : chain.slice(0, -1);
  return {
    rootPem: pemOf((chain.at(-1) ?? nearest).certificate),
    crls: (revoked) => chain.map((issuer) => encodePem('X509 CRL', signCrl(issuer, revoked, world))),
    issue: (original, changes = {}) => endEntity(signTwin(original, changes, nearest, world), shown),
    issueSelfSigned: (original, changes = {}) => endEntity(signTwin(original, changes, 'itself', world), []),
  };
}

/**
 * A copy of an end entity whose chain claims to end in the real root, by name, key identifier and the very signature
 * of the real certificate: all but the signature is right.
 */
export function forge(
  original: Certificate,
  changes: TwinChanges,
  issuers: IssuerPath,
  world: Pick<World, 'clock' | 'random'>,
): TwinEndEntity {
  const chain: TwinCertificate[] = [];
  for (const issuer of issuers.slice(0, -1).reverse()) {
    const { subjectKeyIdentifier } = issuer;
    const claimed = subjectKeyIdentifier === undefined ? {} : { subjectKeyIdentifier };
    chain.unshift(signTwin(issuer, claimed, chain[0] ?? 'forger', world));
  }
  return endEntity(signTwin(original, changes, chain[0] ?? 'forger', world), chain);
}

function endEntity({ certificate, key }: TwinCertificate, above: readonly TwinCertificate[]): TwinEndEntity {
  const keyPem = exportPkcs8Pem(key);
  const certPem = pemOf(certificate);
  const chainPem = above.map((issuer) => pemOf(issuer.certificate)).join('');
  return { certificate, certPem: certPem + chainPem, keyPem, alone: { certPem, keyPem } };
}

export const pemOf = (certificate: Certificate): string => encodePem('CERTIFICATE', certificate.der);

function signChain(
  [nearest, ...further]: IssuerPath,
  kind: TwinKind,
  world: Pick<World, 'clock' | 'random'>,
): [TwinCertificate, ...TwinCertificate[]] {
  const [second, ...rest] = further;
  const above = second === undefined ? [] : signChain([second, ...rest], kind, world);
  const value = further.length === 0 ? 'proof twin root' : `proof twin intermediate ${further.length}`;
  const subject = buildName([{ type: 'commonName', value }]);
  return [signTwin(nearest, kind === 'own' ? { subject } : {}, above[0] ?? 'itself', world), ...above];
}

function signCrl(
  { certificate, key }: TwinCertificate,
  revoked: readonly Certificate[],
  world: Pick<World, 'clock'>,
): Uint8Array {
  const now = world.clock.now().getTime();
  return buildCrl(
    {
      issuer: certificate.subject,
      thisUpdate: new Date(now - HOUR_MS),
      nextUpdate: new Date(now + 24 * HOUR_MS),
      number: 1,
      authorityKeyIdentifier: keyIdentifier(key.subjectPublicKeyInfo),
      revoked: revoked.map(({ serialNumber }) => ({ serialNumber, revokedAt: new Date(now - HOUR_MS / 2) })),
    },
    createSigner(key),
  );
}
