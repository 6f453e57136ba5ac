import { planCertificate, signCertificate } from '../../authority/certificate-plan.ts';
import type { Constraint } from '../../authority/constraint.ts';
import { nextCrlNumber } from '../../authority/crl-number.ts';
import { buildIntermediate, firstCrl, type KeyedIssuer } from '../../authority/hierarchy.ts';
import { issuerKey } from '../../authority/issuer-key.ts';
import type { PublicHierarchy } from '../../authority/record-authority.ts';
import { selfCheck } from '../../authority/self-check.ts';
import type { Validity } from '../../authority/validity.ts';
import { DevcaError, isDevcaError } from '../../errors/devca-error.ts';
import type { RevokedEntry } from '../../pki/crl-builder.ts';
import { generateKey, type PrivateKey } from '../../pki/key.ts';
import { randomSerialNumber } from '../../pki/serial-number.ts';
import { createSigner } from '../../pki/signer.ts';
import type { World } from '../../platform/world.ts';
import { builtInProfile } from '../../profiles/built-in.ts';
import type { Adoption, OpenIssuer } from './adoption.ts';
import type { IssuedList } from './issued-list.ts';
import { unfit } from './source-certificate.ts';

/** The certificates of an authority that is being imported, with the keys that are at hand. */
export interface AdoptedHierarchy {
  readonly root: OpenIssuer;
  /** `undefined` where the root issues. */
  readonly intermediate: KeyedIssuer | undefined;
  /** The one of the two that issues. */
  readonly issuing: KeyedIssuer;
}

const KEY_TYPE = 'ec-p256';

/** Makes the intermediate where devca has to have one of its own, and tries the authority out in memory. */
export function adoptHierarchy(adoption: Adoption, constraint: Constraint, world: World): AdoptedHierarchy {
  const hierarchy = hierarchyOf(adoption, constraint, world);
  tryOut(hierarchy, constraint, adoption.source.root.cert, world);
  return hierarchy;
}

function hierarchyOf(
  { root, intermediate, issuesFrom }: Adoption,
  constraint: Constraint,
  world: World,
): AdoptedHierarchy {
  if (intermediate !== undefined) {
    const keyed = keyedIssuer(intermediate);
    return { root, intermediate: keyed, issuing: keyed };
  }
  if (root.key === undefined) throw new DevcaError('DEVCA_INTERNAL', { detail: 'nothing to issue from' });
  const keyedRoot = keyedIssuer({ certificate: root.certificate, key: root.key });
  if (issuesFrom === 'root') return { root, intermediate: undefined, issuing: keyedRoot };
  const request = { keyType: KEY_TYPE, constraint, generation: 1, owner: world.system } as const;
  const made = buildIntermediate(keyedRoot, request, world);
  return { root, intermediate: made, issuing: made };
}

const keyedIssuer = ({ certificate, key }: OpenIssuer & { readonly key: PrivateKey }): KeyedIssuer => ({
  certificate,
  key,
  signer: createSigner(key),
});

/** Issues a certificate that nobody ever sees. Throws DEVCA_IMPORT_UNFIT where a client would refuse it. */
function tryOut(
  { root, issuing }: AdoptedHierarchy,
  constraint: Constraint,
  path: string,
  world: World,
): void {
  const profile = builtInProfile('server');
  if (profile === undefined) return;
  const now = world.clock.now();
  const names = [constraint.unconstrained ? 'localhost' : (constraint.names[0] ?? 'localhost')];
  const chain = { root: root.certificate, issuer: issuing.certificate };
  const context = { issuer: issuing.certificate, constraint, home: undefined };
  const key = generateKey(KEY_TYPE);
  try {
    const plan = planCertificate({ names }, profile, context, now);
    const serialNumber = randomSerialNumber(world.random);
    const der = signCertificate(plan, key, serialNumber, chain.issuer, issuing.signer);
    selfCheck(chain)(der, plan, key, now);
  } catch (cause) {
    if (!isDevcaError(cause, 'DEVCA_ISSUE_SELF_CHECK')) throw cause;
    throw unfit(path, [`what it issues would be refused: ${cause.context.reason}`]);
  }
}

/**
 * What of the authority anybody may see, with its first lists from here on. Each names what its own issuer had revoked,
 * and its number follows those of before.
 */
export function publicHierarchy(
  { root, intermediate, issuing }: AdoptedHierarchy,
  list: IssuedList,
  world: World,
): PublicHierarchy {
  const now = world.clock.now();
  const { notAfter } = issuing.certificate;
  const crlOf = (issuer: KeyedIssuer): Uint8Array => {
    const { notBefore } = issuer.certificate;
    const backdated = new Date(Math.floor(now.getTime() / 1000) * 1000 - BACKDATED_MS);
    const life: Validity = { notBefore: backdated < notBefore ? notBefore : backdated, notAfter };
    const isRoot = issuer.certificate === root.certificate;
    const number = nextCrlNumber(isRoot ? list.lastCrlNumber : 0, now);
    return firstCrl(issuer, number, life, revokedBy(issuer, isRoot, list));
  };
  const { certificate, key } = root;
  return {
    root: { certificate },
    intermediate,
    rootCrl: key === undefined ? undefined : crlOf(keyedIssuer({ certificate, key })),
    intermediateCrl: intermediate === undefined ? undefined : crlOf(intermediate),
  };
}

const BACKDATED_MS = 5 * 60 * 1000;

function revokedBy({ certificate }: KeyedIssuer, isRoot: boolean, list: IssuedList): readonly RevokedEntry[] {
  const own = list.entries.flatMap((entry): readonly RevokedEntry[] =>
    entry.revoked === undefined || entry.issuerKey !== issuerKey(certificate)
      ? []
      : [{ serialNumber: entry.certificate.serialNumber, ...entry.revoked }],
  );
  return isRoot ? [...list.revokedBefore, ...own] : own;
}
