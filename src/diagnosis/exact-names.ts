import type { CodeRow } from './codes/code-names.ts';
import { exitRows } from './codes/curl-exits.ts';
import { verifyRows } from './codes/openssl-verify-rows.ts';
import { alertRows } from './codes/tls-alert-rows.ts';
import type { Candidates, FaultCode, Speaker } from './fault.ts';
import { wordKey } from './name-index.ts';
import type { NameInText } from './names-in-text.ts';

interface Reading {
  readonly row: CodeRow;
  readonly by: Speaker;
  readonly text: string;
}

/** Names too short to look for in a text: they count where they are all of it, as `20` or `unknown_ca` are. */
export function exactMeanings(text: string): NameInText[] {
  const short = text.trim();
  if (short.length === 0 || short.length > 60) return [];
  const readings = /^\d{1,3}$/.test(short) ? numbered(Number(short)) : named(wordKey(short));
  const [first] = readings;
  if (first === undefined) return [];
  const found = {
    text: readings.map((reading) => reading.text).join(', '),
    by: readings.map(({ by }) => by),
    evidence: 'documented',
    excerpt: short,
    line: 1,
  } as const;
  return [{ meaning: { ...candidatesOf(readings), observed: {}, documented: {} }, found }];
}

function numbered(number: number): Reading[] {
  const inTable = (rows: readonly CodeRow[], by: Speaker, text: string): Reading[] =>
    rows
      .filter((row) => row.number === number)
      .map((row) => ({ row, by, text: `${text} ${number} (${row.name})` }));
  return [
    ...inTable(verifyRows, 'openssl', 'OpenSSL verify result'),
    ...inTable(exitRows, 'curl', 'curl exit status'),
    ...inTable(alertRows, 'tls', 'TLS alert'),
  ];
}

const named = (key: string): Reading[] =>
  alertRows
    .filter((row) => wordKey(row.name) === key || wordKey(`${row.name} alert`) === key)
    .map((row) => ({ row, by: 'tls', text: `TLS alert ${row.number} (${row.name})` }));

function candidatesOf(readings: readonly Reading[]): Candidates & { readonly atServer?: Candidates } {
  const [only, ...others] = readings;
  const likely = unique(readings.flatMap(({ row }) => row.likely));
  const possible = unique(
    readings.flatMap(({ row }) => [...(row.possible ?? []), ...(row.atServer?.likely ?? [])]),
  );
  const question =
    others.length === 0
      ? (only?.row.question ?? '')
      : 'where does the number come from: OpenSSL, the exit status of curl, or a TLS alert?';
  return { likely, possible: possible.filter((code) => !likely.includes(code)), question };
}

const unique = (codes: readonly FaultCode[]): FaultCode[] => [...new Set(codes)];
