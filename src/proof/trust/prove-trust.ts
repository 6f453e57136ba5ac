import { createEphemeralAuthority } from '../../authority/ephemeral-authority.ts';
import { DevcaError, isDevcaError } from '../../errors/devca-error.ts';
import { bytesToHex } from '../../pki/fingerprint.ts';
import { tidyWhenStopped } from '../../platform/signals.ts';
import type { World } from '../../platform/world.ts';
import type { Credentials } from '../peer.ts';
import { type ClientVerdict, judgeClient } from './client-verdict.ts';
import { decidingPlace, mendingCommand } from './deciding-place.ts';
import { type InstalledClient, installationsOf, trustClients } from './installed-clients.ts';
import { scratchFolder } from './scratch-folder.ts';
import { type ServerSight, startThrowawayServer } from './throwaway-server.ts';
import { type ClientRun, type TrustClient, VERSION_LINE } from './trust-client.ts';

/** What one installation of a client thinks of the authority's certificates: a row of `trust status --prove`. */
export interface ClientProof {
  readonly id: string;
  readonly name: string;
  readonly program: string | null;
  /** Where the client says so. */
  readonly version: string | null;
  /** `not-verifying`: it accepts a certificate of an authority that nobody trusts too. */
  readonly status: ClientVerdict['status'] | 'not-verifying';
  readonly detail: string;
  readonly fault: ClientVerdict['fault'];
  /** The variable, file or store that decides for it. */
  readonly decides: string;
  /** A command that mends it, ready to be pasted; empty where nothing has to be done. */
  readonly fix: string;
  readonly ms: number;
}

export interface TrustProofRequest {
  /** A server certificate for `localhost`, with its chain. Asked for only where there is a client to show it to. */
  readonly credentials: () => Promise<Credentials>;
  /** Ids of clients; all without any. */
  readonly clients: readonly string[];
  /** Whose trust Firefox is asked with; a new profile where there is none. */
  readonly firefoxProfile: string | undefined;
  /** The flags that name home and authority, or a root, in a command. */
  readonly place: string;
  /** Settings of clients that stand above their stores. */
  readonly settings?: readonly ClientSetting[];
}

export interface ClientSetting {
  /** The client's id. */
  readonly client: string;
  /** What it is and where. */
  readonly text: string;
  /** Whether it switches verification off; others hide the root. */
  readonly isOff: boolean;
  readonly fix: string;
}

const TIME_LIMIT_MS = 15_000;
/** Browsers have several processes each. */
const AT_ONCE = 3;
/** For what a client says about a verdict that the server knows already. */
const GRACE_MS = 5_000;

/** Throws DEVCA_PROOF_CLIENT_UNKNOWN. */
export function requireClients(ids: readonly string[]): void {
  const known = trustClients(undefined).map(({ id }) => id);
  const unknown = ids.filter((id) => !known.includes(id));
  if (unknown.length > 0) throw new DevcaError('DEVCA_PROOF_CLIENT_UNKNOWN', { unknown, known });
}

/**
 * Has every client that is installed fetch a page under the certificate, each with the user's own environment. A signal
 * ends them, and what they have written is removed before Interruption is thrown.
 */
export async function proveTrust(
  { credentials, clients, firefoxProfile, place, settings = [] }: TrustProofRequest,
  world: World,
): Promise<readonly ClientProof[]> {
  const chosen = trustClients(firefoxProfile).filter(
    ({ id }) => clients.length === 0 || clients.includes(id),
  );
  const rows = chosen.flatMap((client) => installationsOf(client, world));
  if (rows.every(({ program }) => program === undefined))
    return rows.map(({ client }) => notInstalled(client));
  const [own, stranger] = [await credentials(), await strangerCredentials(world)];
  return tidyWhenStopped((stopped) => proveRows(rows, { own, stranger, place, settings, stopped }, world));
}

interface ProofRun {
  readonly own: Credentials;
  readonly stranger: Credentials;
  readonly place: string;
  readonly settings: readonly ClientSetting[];
  readonly stopped: AbortSignal;
}

async function proveRows(
  rows: readonly InstalledClient[],
  { own, stranger, place, settings, stopped }: ProofRun,
  world: World,
): Promise<readonly ClientProof[]> {
  const environment = clientEnvironment(world);
  const context = { environment, stopped };
  const prove = async (row: InstalledClient): Promise<ClientProof> => {
    const { client, program } = row;
    const started = world.clock.monotonicMs();
    if (program === undefined) return notInstalled(client);
    const { verdict, run } = await fetchOnce(row, own, context, world);
    const version = VERSION_LINE.exec(run.stdout)?.[1]?.trim().replace(/^v/, '') ?? null;
    const setting = settings.find(
      (each) => each.client === client.id && each.isOff === (verdict.status === 'accepted'),
    );
    const decides = decidingPlace(client, run.stdout, environment, (path) => isThere(path, world));
    const named = { ...notInstalled(client), program, version, decides: setting?.text ?? decides.text };
    const ms = () => Math.round(world.clock.monotonicMs() - started);
    const { status, words, fault } = verdict;
    switch (status) {
      case 'accepted': {
        // Only who refuses a stranger has verified anything.
        const control = await fetchOnce(row, stranger, context, world);
        if (control.verdict.status !== 'accepted') return { ...named, status, ms: ms() };
        const detail = 'it accepts a certificate of an authority that nobody trusts';
        return {
          ...named,
          status: 'not-verifying',
          detail,
          fix: setting?.fix ?? client.unverified,
          ms: ms(),
        };
      }
      case 'not-installed':
        return { ...notInstalled(client), ms: ms() };
      case 'refused':
        return {
          ...named,
          status,
          detail: words,
          fault,
          fix: setting?.fix ?? mendingCommand(decides, place, world.system),
          ms: ms(),
        };
      case 'timed-out':
      case 'failed':
        return { ...named, status, detail: words, fix: `${program} --version`, ms: ms() };
      default:
        throw new DevcaError('DEVCA_INTERNAL', { detail: `a client that is ${status satisfies never}` });
    }
  };
  return inTurn(rows, prove);
}

const notInstalled = ({ id, name }: TrustClient): ClientProof => ({
  ...{ id, name, program: null, version: null, status: 'not-installed', detail: '', fault: null },
  ...{ decides: '', fix: '', ms: 0 },
});

interface Fetched {
  readonly verdict: ClientVerdict;
  readonly run: ClientRun;
}

async function fetchOnce(
  { client, program = '' }: InstalledClient,
  credentials: Credentials,
  { environment, stopped }: { environment: Readonly<Record<string, string>>; stopped: AbortSignal },
  world: World,
): Promise<Fetched> {
  // What comes out is thrown away.
  if (stopped.aborted) return { run: NOTHING, verdict: judgeClient(NOTHING, UNSEEN) };
  const timeLimitMs = client.timeLimitMs ?? TIME_LIMIT_MS;
  const server = await startThrowawayServer(credentials, bytesToHex(world.random(20)));
  const scratch = scratchFolder(program, world);
  const enough = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  void server.verdict.then(() => {
    timer = setTimeout(() => enough.abort(), client.lingers === true ? 0 : GRACE_MS);
  });
  try {
    const signal = AbortSignal.any([enough.signal, stopped]);
    const context = { program, environment, timeLimitMs, scratch: scratch.path, signal };
    const run = await client.fetch(server.target, context, world);
    return { run, verdict: judgeClient(run, server.sight()) };
  } catch (error) {
    if (!isDevcaError(error)) throw error;
    const run = { ...NOTHING, stderr: error.message };
    return { run, verdict: judgeClient(run, UNSEEN) };
  } finally {
    clearTimeout(timer);
    await server.close();
    await scratch.remove();
  }
}

function isThere(path: string, { files }: World): boolean {
  try {
    return files.statusOfTarget(path) !== undefined;
  } catch (error) {
    if (isDevcaError(error)) return false;
    throw error;
  }
}

const NOTHING: ClientRun = { status: null, stdout: '', stderr: '', timedOut: false };

const UNSEEN: ServerSight = { connected: false, requested: false, alert: undefined };

async function strangerCredentials(world: World): Promise<Credentials> {
  const authority = await createEphemeralAuthority({}, world);
  const { fullchainPem, keyPem } = await authority.issue(['localhost']);
  return { certPem: fullchainPem, keyPem };
}

/** All of the user's variables, since they decide; but the way to this machine leads through no proxy. */
function clientEnvironment({ system }: World): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(system.environment).flatMap(([name, value]) =>
      value === undefined || /^DEVCA_|_proxy$/i.test(name) ? [] : [[name, value]],
    ),
  );
}

/** A few at a time, in the order of the rows. */
async function inTurn<Row, Result>(
  rows: readonly Row[],
  work: (row: Row) => Promise<Result>,
): Promise<readonly Result[]> {
  const results = new Map<number, Result>();
  const left = rows.entries();
  const worker = async (): Promise<void> => {
    for (const [index, row] of left) results.set(index, await work(row));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return [...results].sort(([a], [b]) => a - b).map(([, result]) => result);
}
