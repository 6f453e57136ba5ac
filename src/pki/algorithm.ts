import { type DerReader, TAG } from './der-reader.ts';
import { encodeBitString, encodeOid, encodeSequence } from './der-writer.ts';
import { bytesEqual } from './fingerprint.ts';

/** An algorithm and the DER of its parameters, undefined where there are none. */
export interface AlgorithmIdentifier {
  readonly oid: string;
  readonly parameters: Uint8Array | undefined;
  readonly der: Uint8Array;
}

/** Reads an AlgorithmIdentifier where it stands in a larger structure. */
export function readAlgorithm(reader: DerReader, tag: number = TAG.sequence): AlgorithmIdentifier {
  const start = reader.read(tag);
  const sequence = reader.over(start);
  const oid = sequence.readOid();
  const parameters = sequence.isAtEnd ? undefined : sequence.read().der;
  sequence.finish();
  return { oid, parameters, der: start.der };
}

/** An AlgorithmIdentifier from an object identifier and the DER of its parameters. */
export function buildAlgorithm(oid: string, parameters?: Uint8Array): AlgorithmIdentifier {
  const der = encodeSequence(encodeOid(oid), ...(parameters === undefined ? [] : [parameters]));
  return { oid, parameters, der };
}

/** A SubjectPublicKeyInfo from its algorithm and the contents of its BIT STRING (RFC 5280 section 4.1). */
export const encodeSubjectPublicKeyInfo = ({ der }: AlgorithmIdentifier, bits: Uint8Array): Uint8Array =>
  encodeSequence(der, encodeBitString(bits));

export const algorithmEquals = (a: AlgorithmIdentifier, b: AlgorithmIdentifier): boolean =>
  bytesEqual(a.der, b.der);
