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

/**
 * `own`: the twin that scenarios trust, under names of its own. `foreign`: one that nobody trusts, with the names of
 * the real authority. `forged`: as that, and it claims the real key identifiers too.
 */
export type TwinKind = 'own' | 'foreign' | 'forged';

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

/**
 * An authority in memory that is a copy of a real one: as deep, with the same usages and the same constraints.
 * @param issuers the real authority's certificates, nearest to the end entity first, the root last
 */
export function createTwin(
  issuers: IssuerPath,
  kind: TwinKind,
  world: Pick<World, 'clock' | 'random'>,
): TwinAuthority {
  const chain = signChain(issuers, kind, world);
  const [nearest] = chain;
  const describe = (twin: TwinCertificate, above: readonly TwinCertificate[]): TwinEndEntity => {
    const keyPem = exportPkcs8Pem(twin.key);
    const certPem = [twin, ...above].map(({ certificate }) => pemOf(certificate)).join('');
    return {
      certificate: twin.certificate,
      certPem,
      keyPem,
      alone: { certPem: pemOf(twin.certificate), keyPem },
    };
  };
  // A root that signs end entities itself is shown by the foreign twin, else its refusal looks like a missing link.
  const shown = chain.length === 1 && kind !== 'own' ? chain : chain.slice(0, -1);
  return {
    rootPem: pemOf((chain.at(-1) ?? nearest).certificate),
    crls: (revoked) => chain.map((issuer) => encodePem('X509 CRL', signCrl(issuer, revoked, world))),
    issue: (original, changes = {}) => describe(signTwin(original, changes, nearest, world), shown),
    issueSelfSigned: (original, changes = {}) => describe(signTwin(original, changes, undefined, world), []),
  };
}

export const pemOf = (certificate: Certificate): string => encodePem('CERTIFICATE', certificate.der);

function signChain(
  issuers: IssuerPath,
  kind: TwinKind,
  world: Pick<World, 'clock' | 'random'>,
): [TwinCertificate, ...TwinCertificate[]] {
  const [nearest, ...further] = issuers;
  const [second, ...rest] = further;
  const above = second === undefined ? [] : signChain([second, ...rest], kind, world);
  return [signTwin(nearest, changesOf(nearest, further.length, kind), above[0], world), ...above];
}

function changesOf(original: Certificate, depth: number, kind: TwinKind): TwinChanges {
  if (kind === 'own') {
    const value = depth === 0 ? 'proof twin root' : `proof twin intermediate ${depth}`;
    return { subject: buildName([{ type: 'commonName', value }]) };
  }
  const { subjectKeyIdentifier } = original;
  return kind === 'foreign' || subjectKeyIdentifier === undefined ? {} : { subjectKeyIdentifier };
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
