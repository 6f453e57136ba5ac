import { contextConstructed, type DerReader, readWhole } from '../der-reader.ts';
import { encodeSequence, encodeTagged } from '../der-writer.ts';
import { encodeGeneralName, formatGeneralName, type GeneralName, readGeneralName } from '../general-name.ts';
import { formatIpRange, parseIpRange, prefixLength } from '../ip-address.ts';

/** RFC 5280 section 4.2.1.10. The bytes of an iPAddress base are address and mask. */
export interface GeneralSubtree {
  readonly base: GeneralName;
}

/** An empty list is a list that is absent. */
export interface NameConstraints {
  readonly permitted: readonly GeneralSubtree[];
  readonly excluded: readonly GeneralSubtree[];
}

/** An iPAddress subtree from text such as `10.0.0.0/8`; undefined where that is no range. */
export function ipSubtree(range: string): GeneralSubtree | undefined {
  const bytes = parseIpRange(range);
  return bytes === undefined
    ? undefined
    : { base: { kind: 'iPAddress', value: formatIpRange(bytes), bytes } };
}

export function encodeNameConstraints({ permitted, excluded }: NameConstraints): Uint8Array {
  return encodeSequence(
    ...(permitted.length === 0 ? [] : [encodeSubtrees(PERMITTED, permitted)]),
    ...(excluded.length === 0 ? [] : [encodeSubtrees(EXCLUDED, excluded)]),
  );
}

/** Neither list may be empty where it is there, and one of them must be there. */
export function parseNameConstraints(value: Uint8Array): NameConstraints {
  return readWhole(value, 'nameConstraints extension', (reader) => {
    const sequence = reader.enter();
    if (sequence.isAtEnd) sequence.fail('it has neither permitted nor excluded subtrees');
    const permitted = readSubtrees(sequence, PERMITTED);
    const excluded = readSubtrees(sequence, EXCLUDED);
    sequence.finish();
    return { permitted, excluded };
  });
}

export const formatSubtree = ({ base }: GeneralSubtree): string => formatGeneralName(base);

const PERMITTED = contextConstructed(0);
const EXCLUDED = contextConstructed(1);

const encodeSubtrees = (tag: number, subtrees: readonly GeneralSubtree[]): Uint8Array =>
  encodeTagged(tag, ...subtrees.map(({ base }) => encodeSequence(encodeGeneralName(base))));

function readSubtrees(reader: DerReader, tag: number): GeneralSubtree[] {
  const sequence = reader.enterOptional(tag);
  if (sequence === undefined) return [];
  if (sequence.isAtEnd) sequence.fail('a list of subtrees is empty');
  return sequence.readAll(readSubtree);
}

// RFC 5280 section 4.2.1.10: minimum must be 0, which DER leaves out, and maximum must be absent.
function readSubtree(reader: DerReader): GeneralSubtree {
  const subtree = reader.enter();
  const offset = subtree.offset;
  const base = readGeneralName(subtree, [8, 32]);
  if (!subtree.isAtEnd) subtree.fail('a subtree has a minimum or a maximum');
  if (base.kind === 'iPAddress' && prefixLength(base.bytes.subarray(base.bytes.length / 2)) === undefined) {
    subtree.fail('the mask of an iPAddress subtree is not contiguous', offset);
  }
  return { base };
}
