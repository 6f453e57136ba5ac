import type { CodeRow } from './codes/code-names.ts';
import { verifyRows } from './codes/openssl-verify.ts';
import { alertRows } from './codes/tls-alerts.ts';
import { diagnose, mostTelling } from './diagnose.ts';
import type { FaultMatch, SharedNames, Speaker } from './fault.ts';
import { findNames, type Side } from './names-in-text.ts';

/**
 * The faults that an alert may stand for, the likeliest first; none for an alert that no standard knows.
 * @param alert its RFC 8446 name or number
 * @param receivedBy who received it: to a client it is about the client, to a server about the server
 */
export function faultOfAlert(alert: string | number, receivedBy: Side): FaultMatch[] {
  const row = alertRows.find(({ name, number }) => name === alert || number === alert);
  return row === undefined ? [] : matchesOf(row, 'tls', `alert ${row.name}`, receivedBy);
}

/** What an alert itself says, where its fault says less. */
export const meaningOfAlert = (name: string): string | undefined =>
  alertRows.find((row) => row.name === name)?.meaning;

/** The faults that a result of OpenSSL's verification may stand for, at the side that verified. */
export function faultOfOpensslVerify(result: number, side: Side = 'client'): FaultMatch[] {
  const row = verifyRows.find(({ number }) => number === result);
  return row === undefined ? [] : matchesOf(row, 'openssl', row.text, side);
}

/** The faults that an error of Node's TLS may stand for, by `error.code` and `error.message`. */
export function faultOfNodeError(
  code: string | undefined,
  message: string,
  side: Side = 'client',
): FaultMatch[] {
  const { names } = findNames(code === undefined ? message : `${code}: ${message}`);
  return diagnose(mostTelling(names), side);
}

function matchesOf(row: CodeRow, by: Speaker, text: string, side: Side): FaultMatch[] {
  const { likely, possible = [], question = '', atServer } = row;
  const meaning: SharedNames = {
    ...{ likely, possible, question, observed: {}, documented: {} },
    ...(atServer === undefined ? {} : { atServer }),
  };
  return diagnose(
    [{ meaning, found: { text, by: [by], evidence: 'documented', excerpt: text, line: 1 } }],
    side,
  );
}
