import { appleNames } from './codes/apple-codes.ts';
import { refusedServer } from './codes/candidates.ts';
import { curlNames } from './codes/curl-exits.ts';
import { opensslVerifyNames } from './codes/openssl-verify.ts';
import { alertNames } from './codes/tls-alerts.ts';
import { windowsNames } from './codes/windows-codes.ts';
import type {
  Evidence,
  Fault,
  FaultCode,
  FaultName,
  FaultRow,
  SharedNames,
  Speaker,
  Wordings,
} from './fault.ts';
import { browserFaults } from './faults/browser.ts';
import { certificateFaults } from './faults/certificate.ts';
import { clientCertificateFaults } from './faults/client-certificate.ts';
import { dateFaults } from './faults/dates.ts';
import { fileFaults } from './faults/files.ts';
import { handshakeFaults } from './faults/handshake.ts';
import { identityFaults } from './faults/identity.ts';
import { keyStoreFaults } from './faults/key-stores.ts';
import { networkFaults } from './faults/network.ts';
import { revocationFaults } from './faults/revocation.ts';
import { transportFaults } from './faults/transport.ts';
import { trustFaults } from './faults/trust.ts';
import { certificateNames } from './shared-names/certificate.ts';
import { connectionNames } from './shared-names/connection.ts';
import { vagueNames } from './shared-names/vague.ts';
import { CLIENT_SPEAKERS } from './sides.ts';

/** A wording with what it may mean: one fault, or several in the order of `shared`. */
export interface NamedWording {
  readonly text: string;
  readonly by: Speaker;
  readonly evidence: Evidence;
  readonly meaning: FaultCode | SharedNames;
}

/** A name that is shared by no more faults than these is worth listing with each. */
const FEW = 6;

const rows: readonly FaultRow[] = [
  ...trustFaults,
  ...dateFaults,
  ...identityFaults,
  ...certificateFaults,
  ...revocationFaults,
  ...clientCertificateFaults,
  ...handshakeFaults,
  ...transportFaults,
  ...networkFaults,
  ...fileFaults,
  ...keyStoreFaults,
  ...browserFaults,
];

/** Every wording that is recognised within a text. */
export const wordings: readonly NamedWording[] = [
  ...rows.flatMap((row) => [
    { text: row.code, by: 'devca', evidence: 'observed', meaning: row.code } as const,
  ]),
  ...rows.flatMap((row) => wordingsOf(row, row.code)),
  ...[
    ...certificateNames,
    ...opensslVerifyNames,
    ...connectionNames,
    ...alertNames,
    ...curlNames,
    ...appleNames,
    ...windowsNames,
    ...vagueNames,
  ].flatMap((shared) => wordingsOf(shared, soleMeaning(shared) ?? shared)),
];

/** The fault table: every fault with all of its names. */
export const faults: readonly Fault[] = rows.map(({ code, title, causes, question, fixes }) => ({
  code,
  title,
  causes,
  question,
  fixes,
  names: namesOf(code),
}));

const byCode = new Map(faults.map((fault) => [fault.code, fault]));
const ofClient = new Map(rows.map((row) => [row.code, row.ofClient]));

/** A fault by its code, `DEVCA_FAULT_EXPIRED`. */
export const faultByCode = (code: string): Fault | undefined => byCode.get(code);

/** The same fault where it is in a client's certificate. */
export const faultOfClient = (code: FaultCode): FaultCode => ofClient.get(code) ?? code;

/** A group with one candidate is not shared at all. */
function soleMeaning(shared: SharedNames): FaultCode | undefined {
  const [only, ...others] = [...shared.likely, ...shared.possible];
  return others.length === 0 && shared.atServer === undefined && shared.vague !== true ? only : undefined;
}

function wordingsOf(
  { observed, documented }: { observed: Wordings; documented: Wordings },
  meaning: FaultCode | SharedNames,
): NamedWording[] {
  const list = (evidence: Evidence, by: Wordings): NamedWording[] =>
    (Object.entries(by) as [Speaker, readonly string[]][]).flatMap(([speaker, texts]) =>
      texts.map((text) => ({ text, by: speaker, evidence, meaning })),
    );
  return [...list('observed', observed), ...list('documented', documented)];
}

function namesOf(code: FaultCode): Fault['names'] {
  const names: Partial<Record<Speaker, FaultName[]>> = {};
  const mentioned = wordings.filter((wording) => mentions(wording, code));
  const best = [...mentioned].sort((a, b) => rankOf(a, code) - rankOf(b, code));
  for (const { text, by, evidence } of best) {
    const list = names[by] ?? [];
    names[by] = list;
    list.push({ text, evidence });
  }
  return names;
}

/** What was seen comes first, and then what means little else. */
function rankOf({ evidence, meaning }: NamedWording, code: FaultCode): number {
  const sight = evidence === 'observed' ? 0 : 1000;
  if (typeof meaning === 'string') return sight;
  return sight + (meaning.likely.includes(code) ? meaning.likely.length : 100);
}

/** What may mean almost anything is a name of nothing. */
function mentions({ meaning, by }: NamedWording, code: FaultCode): boolean {
  if (typeof meaning === 'string') return meaning === code;
  if (meaning.vague === true) return false;
  const { likely, possible, atServer } = meaning;
  if (likely.includes(code)) return true;
  if (possible.includes(code)) return likely.length + possible.length <= FEW;
  if (atServer === undefined || atServer === refusedServer || CLIENT_SPEAKERS.has(by)) return false;
  return atServer.likely.includes(code);
}
