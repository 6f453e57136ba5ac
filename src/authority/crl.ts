import { DevcaError } from '../errors/devca-error.ts';
import type { Inventory } from '../inventory/database.ts';
import { buildCrl, type RevokedEntry } from '../pki/crl-builder.ts';
import { isReasonCode } from '../pki/extensions/reason-code.ts';
import { keyIdentifier } from '../pki/key.ts';
import type { Signer } from '../pki/signer.ts';
import type { World } from '../platform/world.ts';
import {
  crlBundle,
  crlFile,
  deliveryUnits,
  type OwnedFile,
  type PublicGeneration,
  publicGeneration,
} from './authority-files.ts';
import type { WhichKey } from './authority-keys.ts';
import { nextCrlNumber } from './crl-number.ts';
import { deliver } from './delivery.ts';
import { liveGenerations, openGenerations } from './generations.ts';
import { revokedBefore, signerOf } from './imported-certificate.ts';
import { type Authority, issuesFromRoot, openSigner, type RecordedCertificate } from './open-authority.ts';
import { changeInventory, type Recovery } from './recovery.ts';
import { DAY_MS } from './validity.ts';

/** How the next list is made. */
export interface CrlRequest {
  /** How long it is current. Default, and at most: as long as the intermediate that signs it. */
  readonly days?: number;
  /** A copy of all lists that clients need. */
  readonly out?: string;
  /** Of the copy: `pem` has every list, `der` the latest intermediate's alone, as a distribution point has it. */
  readonly format?: 'pem' | 'der';
  /** Overwrites a file that devca did not write. */
  readonly force?: boolean;
}

export interface CrlPlace {
  readonly home: string;
  /** Default: the home's default authority. */
  readonly authority?: string;
}

/** A list that was signed. */
export interface SignedCrl {
  readonly authority: string;
  readonly generation: number;
  readonly number: number;
  readonly thisUpdate: Date;
  readonly nextUpdate: Date;
  /** How many certificates it names. */
  readonly revoked: number;
}

export interface CrlOutcome {
  readonly lists: readonly SignedCrl[];
  /** Absolute: the file with every list, and the copy. */
  readonly files: readonly string[];
  readonly recovery: Recovery;
}

/**
 * Signs the next list of every live generation of an authority, records and delivers them, all or nothing.
 * Throws DEVCA_CRL_DAYS, DEVCA_AUTHORITY_EXPIRED, and what `openSigner` and `deliver` throw.
 */
export async function renewCrls(request: CrlRequest, place: CrlPlace, world: World): Promise<CrlOutcome> {
  const { home, authority } = place;
  const { days } = request;
  if (days !== undefined && (!Number.isInteger(days) || days < 1 || days > LONGEST_DAYS))
    throw new DevcaError('DEVCA_CRL_DAYS', { days });
  const signers = await openSigners(openGenerations(home, world, authority), world);
  return changeInventory(home, world, (inventory, recovery) => {
    const generations = liveGenerations(inventory, home, world, authority);
    return { ...signCrls({ ...request, generations, signers }, inventory, home, world), recovery };
  });
}

/** More would not fit into a time of four digits. */
const LONGEST_DAYS = 36_500;

/** The keys that issue, by the ids of their generations. Opened before the lock is taken: that may ask somebody. */
export async function openSigners(
  generations: readonly Authority[],
  world: World,
  which?: WhichKey,
): Promise<ReadonlyMap<number, Signer>> {
  const signers = new Map<number, Signer>();
  for (const authority of generations)
    signers.set(authority.record.id, await openSigner(authority, world, which));
  return signers;
}

export interface CrlJob extends CrlRequest {
  /** All live ones of one authority, latest first. */
  readonly generations: readonly Authority[];
  /** Those of them that get a new list. */
  readonly signers: ReadonlyMap<number, Signer>;
  /** Those of them whose root, which does not issue, gets a new list too. */
  readonly rootSigners?: ReadonlyMap<number, Signer>;
  /** What else becomes revoked with these lists, by the ids of the certificates that signed it. */
  readonly newlyRevoked?: ReadonlyMap<number, readonly RevokedEntry[]>;
  /** Records that, in the transaction after which nothing is undone any more. */
  readonly confirm?: () => void;
}

/** Must run within `changeInventory`. */
export function signCrls(
  job: CrlJob,
  inventory: Inventory,
  home: string,
  world: World,
): Omit<CrlOutcome, 'recovery'> {
  const lists: SignedCrl[] = [];
  const delivered = deliver(
    {
      // The file in the home is devca's own: that somebody has touched it must not keep a certificate from being revoked.
      force: job.force === true || job.out === undefined,
      record: () => {
        const current = job.generations.map((authority) => {
          const { record, root, issuer } = authority;
          const crls = (issuesFromRoot(authority) ? [root] : [issuer, root]).flatMap((each) => {
            const signer = (each === issuer ? job.signers : job.rootSigners)?.get(record.id);
            if (signer === undefined) return inventory.crls.latest(each.record.id) ?? [];
            const { list, item } = signNext(authority, each, signer, job, inventory, world);
            lists.push(list);
            return [item];
          });
          return { ...publicGeneration(authority, inventory), crls };
        });
        return [
          // Only one of several lists owns the file that all of them stand in.
          ...current.flatMap(({ crls }) => crls.map(({ id }) => crlUnit(id))),
          ...deliveryUnits([...crlFile(current, home), ...copyOf(current, job)]),
        ];
      },
      confirm: () => {
        job.confirm?.();
        for (const { nextUpdate, thisUpdate: _, ...list } of lists)
          inventory.events.append({
            kind: 'crl-signed',
            at: world.clock.now(),
            details: { ...list, nextUpdate: nextUpdate.toISOString() },
          });
      },
    },
    inventory,
    world,
  );
  return { lists, files: delivered.map(({ path }) => path) };
}

const crlUnit = (id: number) => ({ owner: { table: 'crls', id } as const, files: [] });

function signNext(
  authority: Authority,
  issuer: RecordedCertificate,
  signer: Signer,
  { days, newlyRevoked }: CrlJob,
  inventory: Inventory,
  world: World,
): { list: SignedCrl; item: PublicGeneration['crls'][number] } {
  const now = world.clock.now();
  const { record } = authority;
  const { certificate } = issuer;
  if (certificate.notAfter <= now)
    throw new DevcaError('DEVCA_AUTHORITY_EXPIRED', { notAfter: certificate.notAfter.toISOString() });
  const issuerId = issuer.record.id;
  const number = nextCrlNumber(inventory.crls.lastNumber(issuerId), now);
  // Backdated as certificates are, for clients whose clock is a little slow.
  const thisUpdate = new Date(Math.max(now.getTime() - BACKDATED_MS, certificate.notBefore.getTime()));
  const longest = authority.issuer.certificate.notAfter;
  const wanted = days === undefined ? longest : new Date(now.getTime() + days * DAY_MS);
  const nextUpdate = wanted < longest ? wanted : longest;
  const revoked = [
    ...revokedSoFar(authority, issuer, inventory),
    ...(newlyRevoked?.get(issuer.record.id) ?? []),
  ];
  const der = buildCrl(
    {
      issuer: certificate.subject,
      thisUpdate,
      nextUpdate,
      number,
      authorityKeyIdentifier:
        certificate.subjectKeyIdentifier ?? keyIdentifier(certificate.subjectPublicKeyInfo),
      revoked,
    },
    signer,
  );
  const id = inventory.crls.insert({ issuerId, number, thisUpdate, nextUpdate, createdAt: now, der });
  const { name, generation } = record;
  return {
    list: { authority: name, generation, number, thisUpdate, nextUpdate, revoked: revoked.length },
    item: { id, der },
  };
}

/** What one of a generation's certificates has signed, and has to name. */
function revokedSoFar(
  authority: Authority,
  issuer: RecordedCertificate,
  inventory: Inventory,
): readonly RevokedEntry[] {
  const recorded = inventory.revocations
    .byAuthority(authority.record.id)
    .filter(({ certificateId: id, profile }) => signerOf({ id, profile }, authority, inventory) === issuer)
    .map(({ serialNumber, reason, at }): RevokedEntry => {
      return { serialNumber, revokedAt: at, reason: isReasonCode(reason) ? reason : 'unspecified' };
    });
  return issuer === authority.root ? [...revokedBefore(authority), ...recorded] : recorded;
}

const BACKDATED_MS = 5 * 60 * 1000;

function copyOf(
  generations: readonly PublicGeneration[],
  { out, format = 'pem' }: CrlRequest,
): readonly OwnedFile[] {
  const newest = generations[0]?.crls[0];
  if (out === undefined || newest === undefined) return [];
  const bytes = format === 'der' ? newest.der : Buffer.from(crlBundle(generations), 'latin1');
  return [
    {
      owner: { table: 'crls', id: newest.id },
      file: { path: out, format: `crl-${format}`, mode: 0o644, bytes },
    },
  ];
}
