import { readConversation } from './conversation.ts';
import { GrowingKeyLog } from './key-log.ts';
import type { Recording } from './tap.ts';
import type { Transcript } from './transcript.ts';

/** Reads what a tap has seen. */
export function readRecording(recording: Recording): Transcript {
  return readConversation(recording.chunks, keyLogOf(recording));
}

/** The secrets of a recording. A runtime's own lines are sound, so nothing is refused here. */
export function keyLogOf(recording: Pick<Recording, 'secrets'>): GrowingKeyLog {
  const keyLog = new GrowingKeyLog();
  for (const { line } of recording.secrets) keyLog.add(line);
  return keyLog;
}

/** The time of the first secret with one of these labels, in microseconds. */
export function secretTime(recording: Pick<Recording, 'secrets'>, ...labels: string[]): number | undefined {
  return recording.secrets.find(({ line }) => labels.includes(line.split(' ', 1)[0] ?? ''))?.at;
}
