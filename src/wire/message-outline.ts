import { entrySummary } from './message-summary.ts';
import type { Phase } from './phases.ts';
import type { Side, TranscriptEntry } from './transcript.ts';

/** What every report says of a message. */
export interface MessageOutline {
  readonly from: Side;
  readonly type: string;
  readonly bytes: number;
  readonly encrypted: boolean;
  readonly phase: Phase;
  readonly summary: string;
}

export const outlineOf = (entry: TranscriptEntry, phase: Phase = 'hello'): MessageOutline => ({
  from: entry.from,
  type: entry.type,
  bytes: entry.bytes,
  encrypted: entry.encrypted,
  phase,
  summary: entrySummary(entry),
});
