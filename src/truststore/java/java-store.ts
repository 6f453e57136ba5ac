import { DevcaError, isDevcaError } from '../../errors/devca-error.ts';
import { forShell } from '../../platform/escape.ts';
import { requireRootsOwnPath } from '../roots-own-path.ts';
import type { TrustSession } from '../session.ts';
import type { Step } from '../step.ts';
import { anchorNickname, isDevcaName, type TrustAction, type TrustAnchor } from '../trust-anchor.ts';
import type { PlanRequest, StoreFamily, StorePlan, StoreStatus, TrustStore } from '../trust-store.ts';
import { examineKeyStore } from './java-examination.ts';
import {
  debianAlias,
  feedOf,
  findJavaPlaces,
  isInDebian,
  isSealedOff,
  type JavaPlace,
  javaPlaceAt,
  needsRoot,
} from './java-places.ts';
import { type KeyStoreEdit, keyStoreSteps, leftoverSteps } from './java-steps.ts';
import { type KeyStoreContents, readKeyStore } from './key-store-file.ts';
import { findKeytool, javaError, keytoolRefusal, openQuestions, type Questions } from './keytool.ts';

/** Where there are more key stores than this, devca's own reading of them has to do: each question starts a machine. */
const MOST_ASKED = 12;
const AT_A_TIME = 2;

interface Asking {
  /** Set where `keytool` is asked too. */
  readonly questions: Questions | undefined;
  /** The user named Java: what the system's store would bring is not waited for. */
  readonly isNamed: boolean;
}

/**
 * Java's key stores: a file in each JDK and JRE, which none but Java reads. Written with Java's own `keytool`, read
 * without it, so that a hundred of them get their rows at once.
 */
export const javaFamily: StoreFamily = {
  kind: 'java',
  detect: async (session, isNamed) => {
    const places = findJavaPlaces(session);
    const questions = places.length > MOST_ASKED ? undefined : openQuestions(AT_A_TIME);
    return places.map((place) => javaStore(place, { questions, isNamed }));
  },
  at: (path, session) =>
    javaStore(javaPlaceAt(path, session), { questions: openQuestions(1), isNamed: true }),
};

function javaStore(place: JavaPlace, asking: Asking): TrustStore {
  const { id, name } = place;
  return {
    id,
    name,
    status: async (anchor, session) => {
      if (place.error !== undefined) throw place.error;
      const contents = readKeyStore(place, session);
      const [alias] = aliasesOf(anchor, contents);
      if (alias !== undefined) return statusOfEntry(alias, anchor, contents, place, asking, session);
      const status = statusWithout(contents, place, session);
      // What is trusted needs no tool; what is to be changed does.
      const isOurs = status.status !== 'unsupported' && feedOf(place, session) === undefined;
      if (isOurs) findChanger(place, session);
      return status;
    },
    plan: async (request, session) => {
      if (request.action === 'uninstall') return planUninstall(request, place, session);
      if (place.error !== undefined) throw place.error;
      return planInstall(request, place, asking, session);
    },
    examine: async (session) => examineKeyStore(place, session),
    explain: (outcome) => javaError(outcome, place),
    afterChange: () => 'Java programs that are running see the change when they are started again',
  };
}

/** All entries with the root's very bytes; devca's own first. */
function aliasesOf(anchor: TrustAnchor, { entries }: KeyStoreContents): readonly string[] {
  const aliases = entries.filter(({ sha256 }) => sha256 === anchor.sha256).map(({ alias }) => alias);
  return aliases.sort((a, b) => Number(isDevcaName(b)) - Number(isDevcaName(a)));
}

async function statusOfEntry(
  alias: string,
  anchor: TrustAnchor,
  contents: KeyStoreContents,
  place: JavaPlace,
  asking: Asking,
  session: TrustSession,
): Promise<StoreStatus> {
  const fix = installFix(place);
  if (contents.isSealed) {
    const detail = `as "${alias}", but encrypted: Java finds it only with -Djavax.net.ssl.trustStorePassword`;
    return { status: 'partial', detail, fix };
  }
  const refusal = await refusalOf(alias, anchor, contents, place, asking, session);
  if (refusal !== undefined) {
    return { status: 'partial', detail: `"${alias}" is there, but keytool says: ${refusal}`, fix };
  }
  return { status: 'trusted', detail: `as "${alias}"${originOf(alias, anchor)}`, fix: '' };
}

/** Nothing where there are too many key stores, or no `keytool` that could open this one. */
async function refusalOf(
  alias: string,
  anchor: TrustAnchor,
  { password }: KeyStoreContents,
  place: JavaPlace,
  { questions }: Asking,
  session: TrustSession,
): Promise<string | undefined> {
  if (questions === undefined || password === undefined || !isPlain(alias)) return undefined;
  const keytool = keytoolOrNone(place, session);
  if (keytool === undefined) return undefined;
  return keytoolRefusal(alias, anchor, { keytool, place, password }, questions, session);
}

function originOf(alias: string, anchor: TrustAnchor): string {
  if (isDevcaName(alias)) return '';
  return alias === debianAlias(anchor) ? ', from the system store' : ', which devca did not add';
}

function statusWithout({ entries }: KeyStoreContents, place: JavaPlace, session: TrustSession): StoreStatus {
  const feed = feedOf(place, session);
  const fix = feed === 'remade' ? 'devca trust install --store system' : installFix(place);
  const from = feed === undefined ? '' : ', which gets the roots of the system store';
  if (isSealedOff(place)) {
    const detail = `not in ${place.file}, which nobody can change`;
    return { status: 'unsupported', detail, fix: '' };
  }
  const other = entries.find(({ alias }) => isDevcaName(alias));
  if (other === undefined) return { status: 'not-trusted', detail: `not in ${place.file}${from}`, fix };
  return { status: 'different-root', detail: `only "${other.alias}" is in ${place.file}${from}`, fix };
}

function planInstall(
  { anchor }: PlanRequest,
  place: JavaPlace,
  { isNamed }: Asking,
  session: TrustSession,
): StorePlan {
  const contents = readKeyStore(place, session);
  const nothing: StorePlan = { steps: [], before: {} };
  const { id: store, file } = place;
  if (isSealedOff(place) || aliasesOf(anchor, contents).length > 0) {
    if (contents.isSealed) throw new DevcaError('DEVCA_TRUST_JAVA_SEALED', { store, file });
    return nothing;
  }
  const feed = feedOf(place, session);
  if (feed === 'remade' && isNamed) throw new DevcaError('DEVCA_TRUST_JAVA_GENERATED', { store, file });
  // The system's store comes first, and brings the root along; where it has and the root is missing all the same, its
  // hook has failed.
  if (feed !== undefined && !isNamed && !(feed === 'added' && isInDebian(anchor, session))) return nothing;
  if (contents.isSealed) throw new DevcaError('DEVCA_TRUST_JAVA_SEALED', { store, file });
  return {
    steps: stepsFor('install', [{ kind: 'add', alias: aliasFor(anchor), anchor }], contents, place, session),
    before: { format: contents.format, entries: String(contents.entries.length) },
  };
}

/** What devca or Debian's hook for it put there goes; what somebody else added stays. */
function planUninstall({ anchor, before }: PlanRequest, place: JavaPlace, session: TrustSession): StorePlan {
  const plan = (steps: readonly Step[]): StorePlan => ({ steps, before: before ?? {} });
  if (place.error !== undefined || session.world.files.statusOfTarget(place.file) === undefined) {
    return plan([]);
  }
  const contents = readKeyStore(place, session);
  const isLeft = (alias: string): boolean => alias === debianAlias(anchor) && !isInDebian(anchor, session);
  const ours = aliasesOf(anchor, contents).filter((alias) => isDevcaName(alias) || isLeft(alias));
  if (ours.length === 0) return plan(leftoverSteps(place, session));
  const edits = ours.map((alias) => ({ kind: 'delete', alias }) as const);
  return plan(stepsFor('uninstall', edits, contents, place, session));
}

function stepsFor(
  action: TrustAction,
  edits: readonly KeyStoreEdit[],
  { password }: KeyStoreContents,
  place: JavaPlace,
  session: TrustSession,
): readonly Step[] {
  const { id: store, file } = place;
  if (password === undefined) throw new DevcaError('DEVCA_TRUST_JAVA_PASSWORD', { store, file, action });
  const { asRoot, keytool } = findChanger(place, session);
  return keyStoreSteps(edits, { place, keytool, asRoot, password }, session);
}

/** Who changes the key store, by what. Throws where somebody else could make more of it. */
function findChanger(place: JavaPlace, session: TrustSession): { asRoot: boolean; keytool: string } {
  const asRoot = needsRoot(place, session);
  if (asRoot) requireRootsOwnPath(place.id, place.file, session);
  return { asRoot, keytool: findKeytool(place, asRoot, session) };
}

function keytoolOrNone(place: JavaPlace, session: TrustSession): string | undefined {
  try {
    return findKeytool(place, false, session);
  } catch (error) {
    if (isDevcaError(error, 'DEVCA_TRUST_TOOL_MISSING')) return undefined;
    throw error;
  }
}

/** Java takes its arguments in the encoding of the locale, and knows an alias in small letters only. */
const aliasFor = (anchor: TrustAnchor): string =>
  anchorNickname(anchor)
    .replace(/[^\x20-\x7e]/g, '-')
    .toLowerCase();

const isPlain = (alias: string): boolean => /^[\x20-\x7e]+$/.test(alias);

const installFix = ({ id }: JavaPlace): string => `devca trust install --store ${forShell(id)}`;
