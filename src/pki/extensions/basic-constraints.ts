import { readWhole, TAG } from '../der-reader.ts';
import { encodeBoolean, encodeInteger, encodeSequence } from '../der-writer.ts';

/** RFC 5280 section 4.2.1.9. */
export interface BasicConstraints {
  readonly cA: boolean;
  readonly pathLenConstraint?: number;
}

export function encodeBasicConstraints({ cA, pathLenConstraint }: BasicConstraints): Uint8Array {
  return encodeSequence(
    ...(cA ? [encodeBoolean(true)] : []),
    ...(pathLenConstraint === undefined ? [] : [encodeInteger(pathLenConstraint)]),
  );
}

/**
 * An explicit cA FALSE is let through although DER leaves defaults out: many end entities carry it, and every
 * verifier in wide use reads it.
 */
export function parseBasicConstraints(value: Uint8Array): BasicConstraints {
  return readWhole(value, 'basicConstraints extension', (reader) => {
    const sequence = reader.enter();
    const cA = sequence.peek() === TAG.boolean ? sequence.readBoolean() : false;
    if (sequence.isAtEnd) return { cA };
    const pathLenConstraint = sequence.readCount();
    sequence.finish();
    return { cA, pathLenConstraint };
  });
}
