import { DevcaError } from '../errors/devca-error.ts';
import type { Inventory } from '../inventory/database.ts';
import { buildCrl, type RevokedEntry } from '../pki/crl-builder.ts';
import { isReasonCode } from '../pki/extensions/reason-code.ts';
import { keyIdentifier } from '../pki/key.ts';
import type { Signer } from '../pki/signer.ts';
import type { World } from '../platform/world.ts';
import { crlFile, deliveryUnits, type PublicGeneration, publicGeneration } from './authority-files.ts';
import type { WhichKey } from './authority-keys.ts';
import { type CrlFormat, crlCopy, refreshCopies, type StaleCopy } from './crl-copies.ts';
import { nextCrlNumber } from './crl-number.ts';
import { deliver } from './delivery.ts';
import { liveGenerations, openGenerations } from './generations.ts';
import { readHome } from './home.ts';
import { revokedBefore } from './imported-certificate.ts';
import { issuerKey } from './issuer-key.ts';
import {
  type Authority,
  type AuthorityChoice,
  issuesFromRoot,
  openSigner,
  type RecordedCertificate,
} from './open-authority.ts';
import { placeFlags } from './place-flags.ts';
import { type ChangeOptions, changeInventory, type Recovery } from './recovery.ts';
import { DAY_MS } from './validity.ts';

/** How the next list is made. */
export interface CrlRequest {
  /** How long it is current. Default, and at most: as long as the intermediate that signs it. */
  readonly days?: number;
  /** A copy of all lists that clients need. */
  readonly out?: string;
  /** Of the copy. Default `pem`. */
  readonly format?: CrlFormat;
  /** Overwrites a file that devca did not write. */
  readonly force?: boolean;
}

/** A list that was signed. */
export interface SignedCrl {
  readonly authority: string;
  readonly generation: number;
  /** Which of its certificates has signed it. */
  readonly issuer: WhichKey;
  readonly number: number;
  readonly thisUpdate: Date;
  readonly nextUpdate: Date;
  /** How many certificates it names. */
  readonly revoked: number;
  /** Copies that have this list alone, in DER; every other file has all lists. */
  readonly derFiles: readonly string[];
}

export interface CrlOutcome {
  readonly lists: readonly SignedCrl[];
  /** Absolute: the file with every list, and the copies. */
  readonly files: readonly string[];
  /** Copies of earlier lists that could not be brought up to date, and why: for a warning. */
  readonly staleCopies: readonly StaleCopy[];
  readonly recovery: Recovery;
}

/**
 * Signs the next list of every live generation of an authority, records and delivers them, all or nothing.
 * Throws DEVCA_CRL_DAYS, DEVCA_AUTHORITY_EXPIRED, and what `openSigner` and `deliver` throw.
 */
export async function renewCrls(
  request: CrlRequest,
  place: AuthorityChoice,
  world: World,
  options: ChangeOptions = {},
): Promise<CrlOutcome> {
  const { home, authority } = place;
  const { days } = request;
  if (days !== undefined && (!Number.isInteger(days) || days < 1 || days > LONGEST_DAYS))
    throw new DevcaError('DEVCA_CRL_DAYS', { days });
  const signers = await openSigners(openGenerations(home, world, authority), world);
  const sign = (inventory: Inventory, recovery: Recovery): CrlOutcome => {
    const generations = liveGenerations(inventory, home, world, authority);
    return { ...signCrls({ ...request, generations, signers }, inventory, home, world), recovery };
  };
  return changeInventory(home, world, sign, options);
}

/** An authority whose lists end soon, and how long the next ones are to be current. */
export interface DueCrls {
  readonly authority: string;
  readonly days: number;
}

/**
 * Whose lists are in the last third of a life that was made shorter than their issuer's. What lasts as long as its issuer
 * cannot be renewed, and need not.
 */
export function dueCrls(home: string, world: World): readonly DueCrls[] {
  return readHome(home, world, (inventory) => {
    const now = world.clock.now();
    return inventory.authorities.names().flatMap((authority) =>
      liveGenerations(inventory, home, world, authority)
        .slice(0, 1)
        .flatMap(({ issuer: { record, certificate } }) => {
          const list = inventory.crls.latest(record.id);
          if (list === undefined || list.nextUpdate >= certificate.notAfter || certificate.notAfter <= now)
            return [];
          const life = list.nextUpdate.getTime() - list.createdAt.getTime();
          const isDue = now.getTime() >= list.nextUpdate.getTime() - life / 3;
          return isDue ? [{ authority, days: Math.max(1, Math.round(life / DAY_MS)) }] : [];
        }),
    );
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
  let current: readonly PublicGeneration[] = [];
  const delivered = deliver(
    {
      // The file in the home is devca's own: that somebody has touched it must not keep a certificate from being revoked.
      force: job.force === true || job.out === undefined,
      record: () => {
        current = job.generations.map((authority) => {
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
          ...deliveryUnits([
            ...crlFile(current, home),
            ...(job.out === undefined ? [] : crlCopy(current, job.out, job.format ?? 'pem')),
          ]),
        ];
      },
      confirm: () => {
        job.confirm?.();
        for (const { nextUpdate, thisUpdate: _, derFiles: __, ...list } of lists)
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
  const files = delivered.map(({ path }) => path);
  const generations = job.generations.flatMap(({ record: { id } }, index) => {
    const each = current[index];
    return each === undefined ? [] : [{ id, lists: each }];
  });
  const refreshed = refreshCopies(generations, files, inventory, world);
  const ids = new Map(job.generations.map(({ record }) => [record.generation, record.id]));
  const isNewest = ({ generation }: SignedCrl) => generation === job.generations[0]?.record.generation;
  const out = job.format === 'der' ? files.slice(1) : [];
  return {
    lists: lists.map((list) => ({
      ...list,
      derFiles:
        list.issuer === 'root' &&
        lists.some((other) => other !== list && other.generation === list.generation)
          ? []
          : [
              ...(isNewest(list) ? out : []),
              ...refreshed.derFiles
                .filter(({ id }) => id === ids.get(list.generation))
                .map(({ path }) => path),
            ],
    })),
    files: [...files, ...refreshed.files],
    staleCopies: refreshed.stale,
  };
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
    throw new DevcaError('DEVCA_AUTHORITY_EXPIRED', {
      notAfter: certificate.notAfter.toISOString(),
      place: placeFlags(authority, world),
    });
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
    list: {
      authority: name,
      generation,
      issuer: issuer === authority.root ? 'root' : 'intermediate',
      number,
      thisUpdate,
      nextUpdate,
      revoked: revoked.length,
      derFiles: [],
    },
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
    .byIssuer(authority.record.id, issuerKey(issuer.certificate))
    .map(({ serialNumber, reason, at }): RevokedEntry => {
      return { serialNumber, revokedAt: at, reason: isReasonCode(reason) ? reason : 'unspecified' };
    });
  return issuer === authority.root ? [...revokedBefore(authority), ...recorded] : recorded;
}

const BACKDATED_MS = 5 * 60 * 1000;
