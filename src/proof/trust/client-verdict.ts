import { explainText } from '../../diagnosis/explain-text.ts';
import type { FaultMatch } from '../../diagnosis/fault.ts';
import { faultOfAlert } from '../../diagnosis/lookup.ts';
import type { ServerSight } from './throwaway-server.ts';
import { type ClientRun, MISSING_LINE } from './trust-client.ts';

export interface ClientVerdict {
  readonly status: 'accepted' | 'refused' | 'not-installed' | 'timed-out' | 'failed';
  /** The client's own words. */
  readonly words: string;
  readonly fault: NamedFault | null;
}

/** As `devca explain` knows it. */
export interface NamedFault {
  readonly code: string;
  readonly title: string;
}

/** What a client thinks of the certificate, by what the server saw and by what the client said. */
export function judgeClient(run: ClientRun, sight: ServerSight): ClientVerdict {
  const none = { words: '', fault: null };
  const text = `${run.stderr}\n${run.stdout}`.replaceAll(/^devca-(version|store): .*$/gm, '').trim();
  if (MISSING_LINE.test(text)) return { ...none, status: 'not-installed' };
  if (sight.requested) return { ...none, status: 'accepted' };
  const said = explainText(text);
  const isRefusal = sight.alert !== undefined || (sight.connected && !run.timedOut);
  if (!isRefusal) return { ...none, status: run.timedOut ? 'timed-out' : 'failed', words: lastLine(text) };
  if (said[0] !== undefined) return { status: 'refused', words: excerptOf(said[0]), fault: named(said[0]) };
  if (sight.alert === undefined) return { ...none, status: 'refused', words: lastLine(text) };
  const [alerted] = faultOfAlert(sight.alert, 'server');
  return {
    status: 'refused',
    words: `it ended the handshake with the alert ${sight.alert}`,
    fault: alerted === undefined ? null : named(alerted),
  };
}

const named = ({ fault: { code, title } }: FaultMatch): NamedFault => ({ code, title });

const excerptOf = ({ found: [first] }: FaultMatch): string => (first?.excerpt ?? '').trim();

const lastLine = (text: string): string => (text.split('\n').at(-1) ?? '').trim().slice(0, 160);
