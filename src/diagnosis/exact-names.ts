import { appleRows } from './codes/apple-codes.ts';
import type { CodeRow } from './codes/code-names.ts';
import { exitRows } from './codes/curl-exits.ts';
import { verifyRows } from './codes/openssl-verify.ts';
import { alertRows } from './codes/tls-alerts.ts';
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
  const readings = readingsOf(short);
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

function readingsOf(short: string): Reading[] {
  const exit = /^(?:curl )?exit(?: code| status)? (\d{1,3})$/i.exec(short)?.[1];
  if (exit !== undefined) return rowsOf(exitRows, Number(exit), 'curl', 'curl exit status');
  if (/^-\d{3,6}$/.test(short)) return rowsOf(appleRows, Number(short), 'apple', 'Apple error');
  if (!/^\d{1,3}$/.test(short)) return named(wordKey(short));
  return [
    ...rowsOf(exitRows, Number(short), 'curl', 'curl exit status'),
    ...rowsOf(verifyRows, Number(short), 'openssl', 'OpenSSL verify result'),
    ...rowsOf(alertRows, Number(short), 'tls', 'TLS alert'),
  ];
}

const rowsOf = (rows: readonly CodeRow[], number: number, by: Speaker, kind: string): Reading[] =>
  rows
    .filter((row) => row.number === number)
    .map((row) => ({ row, by, text: `${kind} ${number} (${row.name})` }));

const named = (key: string): Reading[] =>
  alertRows
    .filter((row) => wordKey(row.name) === key || wordKey(`${row.name} alert`) === key)
    .map((row) => ({ row, by: 'tls', text: `TLS alert ${row.number} (${row.name})` }));

/** The first reading is the likeliest: nobody pastes the number of an alert without the word. */
function candidatesOf(readings: readonly Reading[]): Candidates {
  const [first, ...others] = readings.map(({ row }) => row);
  const likely = first?.likely ?? [];
  const further = others.flatMap((row) => [...row.likely, ...(row.possible ?? [])]);
  const possible = [...(first?.possible ?? []), ...(first?.atServer?.likely ?? []), ...further];
  const question =
    others.length === 0
      ? (first?.question ?? '')
      : 'where does the number come from: OpenSSL, the exit status of curl, or a TLS alert?';
  return { likely, possible: unique(possible).filter((code) => !likely.includes(code)), question };
}

const unique = (codes: readonly FaultCode[]): FaultCode[] => [...new Set(codes)];
