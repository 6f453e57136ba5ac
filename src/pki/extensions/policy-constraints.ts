import { contextPrimitive, readWhole } from '../der-reader.ts';
import { encodeInteger, encodeSequence, retag } from '../der-writer.ts';

/** How many further certificates may follow before a policy must be explicit or a mapping has no effect. */
export interface PolicyConstraints {
  readonly requireExplicitPolicy?: number;
  readonly inhibitPolicyMapping?: number;
}

export function encodePolicyConstraints(value: PolicyConstraints): Uint8Array {
  const { requireExplicitPolicy: explicit, inhibitPolicyMapping: inhibit } = value;
  return encodeSequence(
    ...(explicit === undefined ? [] : [retag(EXPLICIT, encodeInteger(explicit))]),
    ...(inhibit === undefined ? [] : [retag(INHIBIT, encodeInteger(inhibit))]),
  );
}

/** One of the two must be there (RFC 5280 section 4.2.1.11). */
export function parsePolicyConstraints(value: Uint8Array): PolicyConstraints {
  return readWhole(value, 'policyConstraints extension', (reader) => {
    const sequence = reader.enter();
    if (sequence.isAtEnd) sequence.fail('it has neither requireExplicitPolicy nor inhibitPolicyMapping');
    const explicit = sequence.peek() === EXPLICIT ? sequence.readCount(EXPLICIT) : undefined;
    const inhibit = sequence.peek() === INHIBIT ? sequence.readCount(INHIBIT) : undefined;
    sequence.finish();
    return {
      ...(explicit === undefined ? {} : { requireExplicitPolicy: explicit }),
      ...(inhibit === undefined ? {} : { inhibitPolicyMapping: inhibit }),
    };
  });
}

const EXPLICIT = contextPrimitive(0);
const INHIBIT = contextPrimitive(1);
