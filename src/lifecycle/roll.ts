import { generationFile, publicGeneration } from '../authority/authority-files.ts';
import {
  importSource,
  keyRecord,
  prepareKeys,
  type WantedKeys,
  withKeys,
} from '../authority/authority-keys.ts';
import { buildBridge, checkBridgeKey, openBridgeSigner } from '../authority/bridge.ts';
import { buildConstraint, type Constraint, permittedList } from '../authority/constraint.ts';
import { checkNewAuthority, createAuthority } from '../authority/create-authority.ts';
import { refreshCopies, type StaleCopy } from '../authority/crl-copies.ts';
import { liveCertificates, liveGenerations, openGenerations } from '../authority/generations.ts';
import type { Authority } from '../authority/open-authority.ts';
import { parsePermitted } from '../authority/permitted-name.ts';
import { changeInventory, type Recovery } from '../authority/recovery.ts';
import { DevcaError } from '../errors/devca-error.ts';
import { isKeyStoreKind } from '../keystore/key-store.ts';
import { parseIpRange } from '../pki/ip-address.ts';
import { isKeyType, type KeyType } from '../pki/key.ts';
import type { World } from '../platform/world.ts';
import { type AuthorityDescription, describeAuthority, warnOfWide } from './describe-authority.ts';

export interface RollRequest {
  /** Default: the home's default authority. */
  readonly authority?: string;
  /** Names and ranges that the next generation may issue for besides. */
  readonly permit?: readonly string[];
  /** Default: that of the present generation. */
  readonly keyType?: KeyType;
  /** Lets the present root certify the next intermediate's key. */
  readonly bridge?: boolean;
}

export interface RollOutcome extends AuthorityDescription {
  /** The generation before, which stays trusted, and how many of its certificates are in use. */
  readonly previous: { readonly generation: number; readonly live: number };
  /** What lets those who trust the root before alone use the new intermediate, where one was asked for. */
  readonly bridge: { readonly file: string } | undefined;
  /** Copies of the revocation lists that could not be brought up to date: those who read them refuse every new client. */
  readonly staleCopies: readonly StaleCopy[];
  readonly recovery: Recovery;
}

export interface RollPreview {
  readonly name: string;
  readonly generation: number;
  readonly keyType: string;
  /** `undefined` for everything. */
  readonly permitted: readonly string[] | undefined;
  readonly warnings: readonly string[];
}

/**
 * Makes the next generation of an authority: a new root and a new intermediate, which issue from now on. Everything of
 * the generations before stays, so that what they issued keeps working. Trust is not its business.
 * Throws DEVCA_ROLLOVER_BRIDGE, DEVCA_CONSTRAINT_INVALID, and what `createAuthority` throws.
 */
export async function rollAuthority(request: RollRequest, home: string, world: World): Promise<RollOutcome> {
  const { authority, bridge = false } = request;
  parsePermitted(request.permit ?? []);
  const [present] = openGenerations(home, world, authority);
  // Before the lock is taken: a key store may ask somebody.
  const bridgeSigner = bridge ? await openBridgeSigner(present, world) : undefined;
  const keys = await prepareKeys(placesOfNext(present), home, world);
  const change = () =>
    changeInventory(home, world, (inventory, recovery) => {
      const generations = liveGenerations(inventory, home, world, authority);
      const [latest] = generations;
      if (latest.record.id !== present.record.id && bridgeSigner === undefined) return undefined;
      if (latest.record.id !== present.record.id)
        throw new DevcaError('DEVCA_INVENTORY_LOCKED', { folder: home, holder: undefined, seconds: 0 });
      const next = createAuthority(
        {
          ...nextOf(latest, request),
          constraint: constraintOfNext(latest, request.permit ?? []),
          keys,
          previous: generations,
          ...(bridgeSigner === undefined
            ? {}
            : { bridge: (intermediate) => buildBridge(intermediate, latest, bridgeSigner, world) }),
        },
        inventory,
        home,
        world,
      );
      const live = liveCertificates(inventory, latest.record.id, world.clock.now());
      const listed = [next, ...generations].map((each) => {
        return { id: each.record.id, lists: publicGeneration(each, inventory) };
      });
      const { stale: staleCopies } = refreshCopies(listed, [], inventory, world);
      const bridgeFile = generationFile('bridge', home, next.record, next.record.generation);
      return {
        ...describeAuthority(next),
        previous: { generation: latest.record.generation, live },
        bridge: bridgeSigner === undefined ? undefined : { file: bridgeFile },
        staleCopies,
        recovery,
      };
    });
  // Somebody has rolled it over between the two looks at it: the places are for another generation.
  return (await withKeys(keys, change)) ?? rollAuthority(request, home, world);
}

/**
 * What the next generation would be. Changes nothing. Throws as `rollAuthority` does: for a bridge it opens the present
 * root's key too, which may ask somebody. It makes no places for keys ready.
 */
export async function previewRoll(request: RollRequest, home: string, world: World): Promise<RollPreview> {
  parsePermitted(request.permit ?? []);
  const [present] = openGenerations(home, world, request.authority);
  if (request.bridge === true) await checkBridgeKey(present, world);
  const next = nextOf(present, request);
  checkNewAuthority(next);
  const constraint = constraintOfNext(present, request.permit ?? []);
  return { ...next, permitted: permittedList(constraint), warnings: warnOfWide(constraint) };
}

function nextOf(
  { record }: Authority,
  request: RollRequest,
): { readonly name: string; readonly generation: number; readonly keyType: KeyType } {
  const { name, generation, keyType } = record;
  return {
    name,
    generation: generation + 1,
    keyType: request.keyType ?? (isKeyType(keyType) ? keyType : 'ec-p256'),
  };
}

/** The keys of the next generation rest where those of this one do. Of an imported one, that is the key that issues. */
function placesOfNext({ record }: Authority): WantedKeys {
  const { name, generation, rootKey } = record;
  const issuing = keyRecord(record);
  const keepsRoot = importSource(record) === undefined && isKeyStoreKind(rootKey.keystore);
  return {
    name,
    generation: generation + 1,
    keystore: isKeyStoreKind(issuing.keystore) ? issuing.keystore : 'file',
    rootKeystore: keepsRoot && isKeyStoreKind(rootKey.keystore) ? rootKey.keystore : 'discard',
  };
}

/** What of some names and ranges an authority does not permit yet. Throws DEVCA_CONSTRAINT_INVALID. */
export function notYetPermitted(permit: readonly string[], { constraint }: Authority): readonly string[] {
  const wanted = [...new Set(parsePermitted(permit).map(({ value }) => value))];
  if (constraint.unconstrained) return [];
  const { names, ranges } = constraint;
  const isCovered = (value: string) =>
    names.some((name) => value === name || value.endsWith(`.${name}`)) ||
    ranges.some((range) => isWithin(value, range));
  return wanted.filter((value) => !isCovered(value));
}

function isWithin(inner: string, outer: string): boolean {
  const [wanted, has] = [parseIpRange(inner), parseIpRange(outer)];
  if (wanted === undefined || has === undefined || wanted.length !== has.length) return false;
  const half = has.length / 2;
  return has.subarray(half).every((mask, index) => {
    const [wantedMask = 0, address = 0, base = 0] = [wanted[half + index], wanted[index], has[index]];
    return (mask & wantedMask) === mask && (address & mask) === base;
  });
}

/** After an import comes an authority as devca makes them: with the constraint of a new one, where there was none. */
function constraintOfNext({ record, constraint }: Authority, permit: readonly string[]): Constraint {
  if (constraint.unconstrained && importSource(record) !== undefined) return buildConstraint({ permit });
  return widen(constraint, permit);
}

function widen(constraint: Constraint, permit: readonly string[]): Constraint {
  if (constraint.unconstrained) return constraint;
  const added = parsePermitted(permit);
  const values = (kind: 'name' | 'range') =>
    added.filter((item) => item.kind === kind).map(({ value }) => value);
  return {
    ...constraint,
    names: [...new Set([...constraint.names, ...values('name')])],
    ranges: [...new Set([...constraint.ranges, ...values('range')])],
  };
}
