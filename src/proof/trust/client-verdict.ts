import { explainText } from '../../diagnosis/explain-text.ts';
import type { FaultMatch } from '../../diagnosis/fault.ts';
import { faultOfAlert } from '../../diagnosis/lookup.ts';
import { tellingWords } from './client-words.ts';
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
  if (said[0] !== undefined)
    return { status: 'refused', words: wordsOf(said[0], text), fault: named(said[0]) };
  if (sight.alert === undefined) return { ...none, status: 'refused', words: lastLine(text) };
  const [alerted] = faultOfAlert(sight.alert, 'server');
  return {
    status: 'refused',
    words: `it ended the handshake with the alert ${sight.alert}`,
    fault: alerted === undefined ? null : named(alerted),
  };
}

const named = ({ fault: { code, title } }: FaultMatch): NamedFault => ({ code, title });

function wordsOf({ found: [first] }: FaultMatch, text: string): string {
  if (first === undefined) return '';
  const line = plain(text.split('\n')[first.line - 1] ?? '');
  const excerpt = plain(first.excerpt);
  const at = line.indexOf(excerpt);
  return at === -1 ? excerpt : tellingWords(line, at);
}

const lastLine = (text: string): string => tellingWords(plain(text.split('\n').at(-1) ?? ''), 0);

/** Without colours, and without the stamp of Chromium's log: `[4006:4088:1124/125259.120549:ERROR:...] `. */
const plain = (line: string): string =>
  line
    .replace(/\u001b\[[0-?]*[@-~]?/g, '')
    .replace(/^\[\d+:[^\]]*\] /, '')
    .trim();
