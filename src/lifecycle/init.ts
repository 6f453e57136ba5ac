import { restoreFiles } from '../authority/authority-files.ts';
import { keyRecord, prepareKeys, type WantedKeyStore, withKeys } from '../authority/authority-keys.ts';
import { buildConstraint, type Constraint, type ConstraintRequest } from '../authority/constraint.ts';
import { checkNewAuthority, createAuthority, DEFAULT_AUTHORITY_NAME } from '../authority/create-authority.ts';
import { firstGeneration } from '../authority/generations.ts';
import { checkHomeFolder, ensureHome, readHomeIfPresent } from '../authority/home.ts';
import { type Authority, readAuthority } from '../authority/open-authority.ts';
import { placeFlags, placeWords } from '../authority/place-flags.ts';
import { changeInventory, type Recovery } from '../authority/recovery.ts';
import { sweepDestroyed } from '../authority/retire.ts';
import { DevcaError } from '../errors/devca-error.ts';
import { shellWord } from '../errors/shell-word.ts';
import { isKeyStoreKind, type KeyStoreKind } from '../keystore/key-store.ts';
import type { KeyType } from '../pki/key.ts';
import type { World } from '../platform/world.ts';
import { type AuthorityDescription, describeAuthority } from './describe-authority.ts';

/** What is left out is the default for a new authority, and whatever it is for one that is there. */
export interface InitRequest extends ConstraintRequest {
  readonly name?: string;
  readonly keyType?: KeyType;
  /** Default: `file`. */
  readonly keystore?: WantedKeyStore;
  readonly rootKeystore?: KeyStoreKind | 'discard';
}

export interface InitOutcome extends AuthorityDescription {
  /** False where an authority was there already: then nothing of it was changed. */
  readonly created: boolean;
  /** Why a new authority's key is in a file, where the best place was asked for. */
  readonly whyFile: string | undefined;
  /** Public files that were gone and were written once more. */
  readonly restored: readonly string[];
  readonly recovery: Recovery;
}

/**
 * Makes an authority in a home, or finds the one of that name (without a name: the default one) that is there: then only
 * public files that are gone are written once more. Trust is not its business. Throws DEVCA_AUTHORITY_DIFFERENT where the request asks for other than what is
 * there, DEVCA_HOME_UNSAFE, and what `buildConstraint` and `createAuthority` throw.
 */
export async function initialise(request: InitRequest, home: string, world: World): Promise<InitOutcome> {
  const constraint = buildConstraint(request);
  const { name = DEFAULT_AUTHORITY_NAME, keystore = 'file', rootKeystore = 'discard' } = request;
  const keyType = request.keyType ?? 'ec-p256';
  checkNewAuthority({ name, keyType });
  checkHomeFolder(home, world);
  const generation = readHomeIfPresent(home, world, (inventory) => firstGeneration(inventory, name)) ?? 1;
  const wanted = { name, generation, keyType, constraint };
  const needsNobody = keystore === 'file' && ['file', 'discard'].includes(rootKeystore);
  // Nobody is to be asked for the passphrase of an authority that is there already.
  const isThere = !needsNobody && hasAuthority(request.name, home, world);
  const places = {
    ...wanted,
    keystore: isThere ? 'file' : keystore,
    rootKeystore: isThere ? 'file' : rootKeystore,
  } as const;
  const keys = await prepareKeys(places, home, world);
  const outcome = await withKeys(keys, () => {
    // Not before: where there is no place for the keys, nothing is made.
    ensureHome(home, world);
    return changeInventory(
      home,
      world,
      (inventory, recovery) => {
        const present = readAuthority(inventory, home, world, request.name);
        if (present === undefined && isThere) throw new DevcaError('DEVCA_AUTHORITY_MISSING', { home });
        if (present === undefined) {
          if (firstGeneration(inventory, name) !== generation) return undefined;
          sweepDestroyed(name, inventory, home, world);
          return {
            ...describeAuthority(createAuthority({ ...wanted, keys }, inventory, home, world)),
            created: true,
            restored: [],
            whyFile: keys.whyFile,
            recovery,
          };
        }
        requireSame(request, constraint, present, world);
        return {
          ...describeAuthority(present),
          created: false,
          restored: restoreFiles(present, inventory, world),
          whyFile: undefined,
          recovery,
        };
      },
      { create: true },
    );
  });
  // Between the two looks at it, one of that name came and was destroyed: the places are for another generation.
  return outcome ?? initialise(request, home, world);
}

const hasAuthority = (name: string | undefined, home: string, world: World): boolean =>
  readHomeIfPresent(home, world, ({ authorities }) => authorities.latest(name) !== undefined) ?? false;

/** Flags that are given again must ask for what is there; flags that are left out ask for nothing. */
function requireSame(request: InitRequest, constraint: Constraint, present: Authority, world: World): void {
  const { record } = present;
  const keystore = request.keystore === 'best' ? undefined : request.keystore;
  const pairs = [
    ['key', request.keyType, record.keyType],
    ['key store', keystore, keyRecord(record).keystore],
    ["root's key store", request.rootKeystore, record.rootKey.keystore],
  ] as const;
  const differences = [
    ...pairs.flatMap(([what, asked, is]) =>
      asked === undefined || asked === is ? [] : [`its ${what} is "${is}", not "${asked}"`],
    ),
    ...(asksForConstraint(request) ? constraintDifferences(constraint, present.constraint) : []),
  ];
  if (differences.length > 0)
    throw new DevcaError('DEVCA_AUTHORITY_DIFFERENT', {
      home: present.home,
      name: record.name,
      place: placeFlags(present, world),
      homeFlag: placeWords({ home: present.home }, world),
      differences,
      flags: flagsOf(request),
      permit: missingPermits(request, constraint, present),
      moves: movesTo(keystore, request.rootKeystore, present),
    });
}

function asksForConstraint(request: InitRequest): boolean {
  const { permit = [], permitOnly = [], constrainIp = false, unconstrained = false } = request;
  return permit.length > 0 || permitOnly.length > 0 || constrainIp || unconstrained;
}

function constraintDifferences(asked: Constraint, is: Constraint): readonly string[] {
  if (asked.unconstrained || is.unconstrained) {
    if (asked.unconstrained && is.unconstrained) return [];
    return [is.unconstrained ? 'it is not constrained' : 'it is constrained'];
  }
  const everything = (constraint: typeof is) => [...constraint.names, ...constraint.ranges];
  const missing = everything(asked).filter((item) => !everything(is).includes(item));
  const extra = everything(is).filter((item) => !everything(asked).includes(item));
  return [
    ...(missing.length === 0 ? [] : [`it does not permit ${missing.join(', ')}`]),
    ...(extra.length === 0 ? [] : [`it permits ${extra.join(', ')} too`]),
    ...(asked.carriesRanges && !is.carriesRanges ? ['its certificates carry no ranges of addresses'] : []),
    ...(is.carriesRanges && !asked.carriesRanges ? ['its certificates carry ranges of addresses'] : []),
  ];
}

/** What would have to be permitted besides, where nothing else is asked for: `devca ca permit` does that. */
function missingPermits(
  request: InitRequest,
  asked: Constraint,
  { constraint: is }: Authority,
): readonly string[] {
  if (asked.unconstrained || is.unconstrained || (request.permitOnly ?? []).length > 0) return [];
  const has = [...is.names, ...is.ranges];
  return [...asked.names, ...asked.ranges].filter((item) => !has.includes(item));
}

/** Keys that `devca ca protect` can bring to where they are wanted. */
function movesTo(
  keystore: KeyStoreKind | undefined,
  rootKeystore: InitRequest['rootKeystore'],
  { record }: Authority,
): readonly { readonly keystore: string; readonly isRoot: boolean }[] {
  const { rootKey } = record;
  const issuing = keyRecord(record);
  const isWanted = (wanted: string | undefined, is: string): wanted is string =>
    wanted !== undefined && wanted !== is && wanted !== 'discard' && isKeyStoreKind(is);
  return [
    ...(isWanted(keystore, issuing.keystore) ? [{ keystore, isRoot: false }] : []),
    ...(isWanted(rootKeystore, rootKey.keystore) ? [{ keystore: rootKeystore, isRoot: true }] : []),
  ];
}

/** The flags of a request as they are typed. */
function flagsOf(request: InitRequest): string {
  const flag = (name: string, values: readonly (string | undefined)[]) =>
    values.flatMap((value) => (value === undefined ? [] : [`--${name} ${shellWord(value)}`]));
  return [
    ...flag('permit', request.permit ?? []),
    ...flag('permit-only', request.permitOnly ?? []),
    ...(request.constrainIp === true ? ['--constrain-ip'] : []),
    ...(request.unconstrained === true ? ['--unconstrained'] : []),
    ...flag('key-type', [request.keyType]),
    ...flag('keystore', [request.keystore === 'best' ? undefined : request.keystore]),
    ...flag('root-keystore', [request.rootKeystore]),
  ].join(' ');
}
