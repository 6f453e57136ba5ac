import type { SharedNames, Speaker, Wordings } from '../fault.ts';
import { certificateAlerts } from './certificate-alerts.ts';
import { namesOfRow } from './code-names.ts';
import { handshakeAlerts } from './handshake-alerts.ts';
import type { AlertRow } from './tls-alert-row.ts';

/** Every alert of RFC 8446 section 6, and those of older standards that are still met. */
export const alertRows: readonly AlertRow[] = [...certificateAlerts, ...handshakeAlerts];

export const alertNames: readonly SharedNames[] = alertRows
  .filter((row) => row.exactOnly !== true)
  .flatMap((row) => [receivedAlert(row), ...sentAlert(row)]);

function receivedAlert(row: AlertRow): SharedNames {
  const printed: Partial<Record<Speaker, readonly string[]>> = {
    openssl: [`alert ${row.name}`, `alert number ${row.number}`],
    tls: [`alert ${row.number}`],
    ...(row.go === undefined ? {} : { go: [`tls: ${row.go}`] }),
    ...(row.gnutls === undefined
      ? {}
      : { gnutls: [...gnutlsWords(row.gnutls), `Received alert [${row.number}]`] }),
    ...(row.rustls === undefined ? {} : { rustls: [`fatal alert: ${row.rustls}`] }),
  };
  const speakers = Object.keys(printed) as (keyof typeof printed)[];
  const isSeen = (speaker: Speaker): boolean =>
    (row.seen as readonly string[] | undefined)?.includes(speaker === 'tls' ? 'gnutls' : speaker) === true;
  const select = (wanted: boolean): Wordings =>
    Object.fromEntries(speakers.filter((by) => isSeen(by) === wanted).map((by) => [by, printed[by]]));
  return namesOfRow(row, { ...select(true), ...row.observed }, { ...select(false), ...row.documented });
}

/** An alert that the client itself sent is about the server, as if the server's log had it. */
function sentAlert(row: AlertRow): SharedNames[] {
  const { atServer } = row;
  if (atServer === undefined) return [];
  const tls = [`(OUT), TLS alert, ${row.name}`];
  const isSeen = row.seen?.includes('sent') === true;
  return [{ ...atServer, observed: isSeen ? { tls } : {}, documented: isSeen ? {} : { tls } }];
}

/** Short words that mean an alert only in a message about one. */
function gnutlsWords(words: string): string[] {
  return words.split(' ').length > 2 ? [words] : [`gnutls_handshake() failed: ${words}`];
}
