import { decodePem } from '../pki/pem.ts';
import { verifyChain } from '../validation/verify-chain.ts';
import { reportHandshake } from './describe-handshake.ts';
import type { ChainProblem, ChainVerification, HandshakeReport } from './handshake-report.ts';
import { withFaults } from './named-problems.ts';
import {
  type ClientSettings,
  type HandshakeObservation,
  observeHandshake,
  serverNameFor,
} from './observe-handshake.ts';
import { sentChain } from './served-chain.ts';
import { startTlsPort } from './starttls.ts';
import { parseTarget, type Target } from './target.ts';

/** What chain validation is asked; `verifyChain` of `validation/` has this form. */
export interface ChainQuestion {
  readonly endEntity: Uint8Array;
  readonly intermediates: Uint8Array[];
  readonly trustAnchors: (Uint8Array | string)[];
  readonly at: Date;
  readonly name?: { readonly kind: 'dns' | 'ip'; readonly value: string };
  readonly purpose: 'server' | 'client';
}

export type ChainVerifier = (question: ChainQuestion) => Promise<{
  readonly valid: boolean;
  readonly problems: readonly Omit<ChainProblem, 'fault'>[];
}>;

/** Roots under a name, such as the authority's and the system's. */
export interface RootSet {
  readonly name: string;
  readonly anchors: readonly (Uint8Array | string)[];
}

export interface InspectOptions extends Partial<ClientSettings> {
  /** Tried in order; the report says which of them accept the chain. */
  readonly rootSets?: readonly RootSet[];
  /** Instead of devca's own path validation. */
  readonly verify?: ChainVerifier;
}

/** The part of the world that an inspection needs. */
export interface InspectWorld {
  readonly clock: { now(): Date };
}

export interface Inspection {
  readonly report: HandshakeReport;
  readonly observation: HandshakeObservation;
}

/** No step of a connection may take longer than this, unless asked. */
export const DEFAULT_TIMEOUT_MS = 10_000;

/** Makes one handshake with a server and reports everything about it: the shape of `handshake --json`. */
export async function inspectHandshake(
  target: string,
  options: InspectOptions,
  world: InspectWorld,
): Promise<HandshakeReport> {
  return (await inspect(target, options, world)).report;
}

/** As `inspectHandshake`, with the recorded bytes for a capture file or a page. */
export async function inspect(
  text: string,
  options: InspectOptions,
  world: InspectWorld,
): Promise<Inspection> {
  const defaultPort = options.starttls === undefined ? 443 : startTlsPort(options.starttls);
  const target = parseTarget(text, defaultPort);
  const settings = clientSettings(options);
  const observation = await observeHandshake(target, settings, world);
  const verification = await verifyServed(observation, target, options, world);
  const clientChain = options.cert === undefined ? [] : certificatesOf(options.cert);
  const report = reportHandshake(observation, verification, {
    target: text,
    clientChain,
    timeoutMs: settings.timeoutMs,
  });
  return { report, observation };
}

/** What is sent where nothing is said: the protocols of the web, unless another protocol has begun in plain text. */
export function clientSettings(options: InspectOptions): ClientSettings {
  const alpn = options.alpn ?? (options.starttls === undefined ? ['h2', 'http/1.1'] : undefined);
  return {
    ...options,
    timeoutMs: options.timeoutMs ?? DEFAULT_TIMEOUT_MS,
    ...(alpn === undefined || alpn.length === 0 ? {} : { alpn }),
  };
}

async function verifyServed(
  observation: HandshakeObservation,
  target: Target,
  options: InspectOptions,
  world: InspectWorld,
): Promise<Omit<ChainVerification, 'runtime'>> {
  const [endEntity, ...intermediates] = sentChain(observation.transcript, 'server');
  const { verify = verifyChain, rootSets = [] } = options;
  if (endEntity === undefined || rootSets.length === 0) return { valid: null, acceptedBy: [], problems: [] };
  const serverName = serverNameFor(target, options);
  const name =
    serverName !== undefined
      ? ({ kind: 'dns', value: serverName } as const)
      : target.isAddress
        ? ({ kind: 'ip', value: target.host } as const)
        : ({ kind: 'dns', value: target.host } as const);
  const acceptedBy: string[] = [];
  let problems: readonly Omit<ChainProblem, 'fault'>[] = [];
  for (const { name: setName, anchors } of rootSets) {
    if (anchors.length === 0) continue;
    const question: ChainQuestion = {
      endEntity,
      intermediates,
      trustAnchors: [...anchors],
      at: world.clock.now(),
      name,
      purpose: 'server',
    };
    const result = await verify(question);
    if (result.valid) acceptedBy.push(setName);
    else if (problems.length === 0) problems = result.problems;
  }
  const valid = acceptedBy.length > 0;
  return { valid, acceptedBy, problems: valid ? [] : withFaults(problems, endEntity, 'client') };
}

function certificatesOf(pem: string): readonly Uint8Array[] {
  return decodePem(pem, 'client certificate')
    .filter(({ label }) => label === 'CERTIFICATE')
    .map(({ der }) => der);
}
