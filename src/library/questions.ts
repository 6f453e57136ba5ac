import { explainText } from '../diagnosis/explain-text.ts';
import type { FaultMatch } from '../diagnosis/fault.ts';
import { systemClock } from '../platform/clock.ts';
import type { HandshakeReport } from '../wire/handshake-report.ts';
import { type InspectOptions, inspectHandshake as inspect } from '../wire/inspect-handshake.ts';

/** What an error means: the faults that a code, a message or a whole log tells of, the surest first. */
export const explain = (text: string): readonly FaultMatch[] => explainText(text);

/**
 * Makes one TLS handshake with `HOST[:PORT]` and reports it message by message: the shape of `handshake --json`.
 * Throws DEVCA_WIRE_* where there was nothing to see, such as a closed port.
 */
export const inspectHandshake = (target: string, options: InspectOptions = {}): Promise<HandshakeReport> =>
  inspect(target, options, { clock: systemClock });
