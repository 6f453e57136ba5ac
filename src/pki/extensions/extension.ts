import { type DerReader, TAG } from '../der-reader.ts';
import { encodeBoolean, encodeOctetString, encodeOid, encodeSequence } from '../der-writer.ts';
import { oidText } from '../oid.ts';

/** One extension: `value` is the contents of its OCTET STRING. */
export interface Extension {
  readonly oid: string;
  readonly critical: boolean;
  readonly value: Uint8Array;
}

/** An Extension as DER; `critical` is left out where it is false, which is its default. */
export function encodeExtension({ oid, critical, value }: Extension): Uint8Array {
  const flag = critical ? [encodeBoolean(true)] : [];
  return encodeSequence(encodeOid(oid), ...flag, encodeOctetString(value));
}

export const encodeExtensions = (extensions: readonly Extension[]): Uint8Array =>
  encodeSequence(...extensions.map(encodeExtension));

/** Reads Extensions: at least one, and none twice (RFC 5280 section 4.2). */
export function readExtensions(reader: DerReader): Extension[] {
  const sequence = reader.enter();
  if (sequence.isAtEnd) sequence.fail('a list of extensions is empty');
  const seen = new Set<string>();
  return sequence.readAll(() => {
    const offset = sequence.offset;
    const extension = readExtension(sequence);
    if (seen.has(extension.oid)) {
      sequence.fail(`the extension ${oidText(extension.oid)} is there twice`, offset);
    }
    seen.add(extension.oid);
    return extension;
  });
}

export const findExtension = (extensions: readonly Extension[], oid: string): Extension | undefined =>
  extensions.find((extension) => extension.oid === oid);

function readExtension(reader: DerReader): Extension {
  const sequence = reader.enter();
  const oid = sequence.readOid();
  const offset = sequence.offset;
  const critical = sequence.peek() === TAG.boolean ? sequence.readBoolean() : undefined;
  // X.690 section 11.5: a default value is not encoded.
  if (critical === false)
    sequence.fail('an extension says that it is not critical, which is the default', offset);
  const value = sequence.readOctetString();
  sequence.finish();
  return { oid, critical: critical ?? false, value };
}
