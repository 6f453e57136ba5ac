import { contextConstructed } from './der-reader.ts';
import {
  encodeBitString,
  encodeInteger,
  encodeIntegerContents,
  encodeSequence,
  encodeTagged,
  encodeTime,
} from './der-writer.ts';
import { type Extension, encodeExtensions } from './extensions/extension.ts';
import type { DistinguishedName } from './name.ts';
import { serialNumberContents } from './serial-number.ts';
import type { Signer } from './signer.ts';

export interface CertificateFields {
  /** Hex, as `Certificate.serialNumber` has it. */
  readonly serialNumber: string;
  readonly issuer: DistinguishedName;
  readonly subject: DistinguishedName;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly subjectPublicKeyInfo: Uint8Array;
  readonly extensions: readonly Extension[];
}

/** DER of a signed certificate of version 3 (RFC 5280 section 4.1). What the fields say is the caller's business. */
export function buildCertificate(fields: CertificateFields, signer: Signer): Uint8Array {
  const tbs = encodeSequence(
    VERSION_3,
    encodeIntegerContents(serialNumberContents(fields.serialNumber)),
    signer.algorithm.der,
    fields.issuer.der,
    encodeSequence(encodeTime(fields.notBefore), encodeTime(fields.notAfter)),
    fields.subject.der,
    fields.subjectPublicKeyInfo,
    ...(fields.extensions.length === 0
      ? []
      : [encodeTagged(contextConstructed(3), encodeExtensions(fields.extensions))]),
  );
  return encodeSequence(tbs, signer.algorithm.der, encodeBitString(signer.sign(tbs)));
}

const VERSION_3 = encodeTagged(contextConstructed(0), encodeInteger(2));
