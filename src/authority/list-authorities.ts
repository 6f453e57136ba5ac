import type { AuthorityRecord } from '../inventory/authorities.ts';
import type { Inventory } from '../inventory/database.ts';
import type { World } from '../platform/world.ts';
import { generationFile } from './authority-files.ts';
import { importSource, keyRecord } from './authority-keys.ts';
import { liveCertificates } from './generations.ts';
import { authorityOf, issuesFromRoot, requireAuthority } from './open-authority.ts';

/** `current` issues, `old` is still trusted for what it has issued, `retired` is not; `destroyed` is all of an authority. */
export type GenerationState = 'current' | 'old' | 'retired' | 'destroyed';

export interface GenerationSummary {
  readonly generation: number;
  readonly state: GenerationState;
  readonly keyType: string;
  readonly keystore: string;
  readonly rootKeystore: string;
  /** `undefined` where it is not constrained. */
  readonly permitted: readonly string[] | undefined;
  readonly root: CertificateSummary;
  /** `undefined` where the root issues. */
  readonly intermediate: CertificateSummary | undefined;
  /** Where its intermediate is as the root of the generation before has certified it; `undefined` where it has not. */
  readonly bridge: string | undefined;
  /** What it was before it was imported, such as `mkcert`; `undefined` for one that devca has made. */
  readonly importedFrom: string | undefined;
  /** How many certificates of end entities are in use. */
  readonly live: number;
  readonly createdAt: Date;
  readonly retiredAt: Date | undefined;
}

export interface CertificateSummary {
  readonly subject: string;
  readonly sha256: string;
  readonly notAfter: Date;
  /** Where it is; `undefined` for a generation that is retired. */
  readonly file: string | undefined;
}

export interface AuthoritySummary {
  readonly name: string;
  readonly isDefault: boolean;
  /** When it ended; `undefined` for one that can be used. */
  readonly destroyedAt: Date | undefined;
  /** Latest first. */
  readonly generations: readonly GenerationSummary[];
}

/** Every authority of a home with all its generations, by name. Throws DEVCA_AUTHORITY_MISSING. */
export function listAuthorities(
  inventory: Inventory,
  home: string,
  world: World,
): readonly AuthoritySummary[] {
  const all = inventory.authorities.all();
  // What is left of authorities that are destroyed can be listed where there is no other.
  if (all.length === 0) requireAuthority(inventory, home, world);
  const byName = new Map<string, AuthorityRecord[]>();
  for (const record of all) byName.set(record.name, [...(byName.get(record.name) ?? []), record]);
  return [...byName].map(([name, records]) => ({
    name,
    isDefault: records.some(({ isDefault }) => isDefault),
    destroyedAt: inventory.authorities.destroyedAt(name),
    generations: records.map((record) => ({
      ...summarise(record, records[0], inventory, home, world),
      bridge: bridgeOf(record, records, inventory, home, world),
    })),
  }));
}

/** It is of the generation before, whose root has signed it, and goes with that. */
function bridgeOf(
  record: AuthorityRecord,
  [latest, ...others]: readonly AuthorityRecord[],
  { certificates }: Inventory,
  home: string,
  world: World,
): string | undefined {
  const before = others.find(({ generation }) => generation === record.generation - 1);
  if (latest === undefined || before === undefined || before.retiredAt !== undefined) return undefined;
  const filter = { at: world.clock.now(), authorityId: before.id, profile: 'bridge', limit: 1 };
  return certificates.list(filter).length === 0
    ? undefined
    : generationFile('bridge', home, record, latest.generation);
}

function summarise(
  record: AuthorityRecord,
  latest: AuthorityRecord | undefined,
  inventory: Inventory,
  home: string,
  world: World,
): Omit<GenerationSummary, 'bridge'> {
  const authority = authorityOf(record, inventory, home, world);
  const held = { root: authority.root, intermediate: authority.issuer };
  const certificate = (which: 'root' | 'intermediate'): CertificateSummary => ({
    subject: held[which].record.subject,
    sha256: held[which].record.sha256,
    notAfter: held[which].certificate.notAfter,
    file:
      record.retiredAt === undefined
        ? generationFile(which, home, record, latest?.generation ?? 1)
        : undefined,
  });
  return {
    generation: record.generation,
    state: stateOf(record, latest),
    keyType: record.keyType,
    keystore: keyRecord(record).keystore,
    rootKeystore: record.rootKey.keystore,
    permitted: record.permitted,
    root: certificate('root'),
    intermediate: issuesFromRoot(authority) ? undefined : certificate('intermediate'),
    importedFrom: importSource(record),
    live: liveCertificates(inventory, record.id, world.clock.now()),
    createdAt: record.createdAt,
    retiredAt: record.retiredAt,
  };
}

function stateOf({ id, retiredAt }: AuthorityRecord, latest: AuthorityRecord | undefined): GenerationState {
  if (latest?.retiredAt !== undefined) return 'destroyed';
  if (retiredAt !== undefined) return 'retired';
  return id === latest?.id ? 'current' : 'old';
}
