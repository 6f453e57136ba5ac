import { contextConstructed } from './der-reader.ts';
import {
  encodeBitString,
  encodeInteger,
  encodeIntegerContents,
  encodeSequence,
  encodeTagged,
  encodeTime,
} from './der-writer.ts';
import { encodeAuthorityKeyIdentifier } from './extensions/authority-key-identifier.ts';
import { encodeCrlNumber } from './extensions/crl-number.ts';
import { type Extension, encodeExtensions } from './extensions/extension.ts';
import { encodeReasonCode, type ReasonCode } from './extensions/reason-code.ts';
import type { DistinguishedName } from './name.ts';
import { OID } from './oid.ts';
import { serialNumberContents } from './serial-number.ts';
import type { Signer } from './signer.ts';

export interface RevokedEntry {
  /** Hex, as `Certificate.serialNumber` has it. */
  readonly serialNumber: string;
  readonly revokedAt: Date;
  /** `unspecified` is left out of the CRL, as RFC 5280 section 5.3.1 asks. */
  readonly reason?: ReasonCode;
}

export interface CrlFields {
  readonly issuer: DistinguishedName;
  readonly thisUpdate: Date;
  readonly nextUpdate: Date;
  readonly number: number | bigint;
  /** The issuer's key identifier. */
  readonly authorityKeyIdentifier: Uint8Array;
  readonly revoked: readonly RevokedEntry[];
}

/** DER of a signed CRL of version 2 (RFC 5280 section 5.1). */
export function buildCrl(fields: CrlFields, signer: Signer): Uint8Array {
  const tbs = encodeSequence(
    encodeInteger(1),
    signer.algorithm.der,
    fields.issuer.der,
    encodeTime(fields.thisUpdate),
    encodeTime(fields.nextUpdate),
    // RFC 5280 section 5.1.2.6: the list must be absent where nothing is revoked.
    ...(fields.revoked.length === 0 ? [] : [encodeSequence(...fields.revoked.map(encodeRevoked))]),
    encodeTagged(contextConstructed(0), encodeExtensions(crlExtensions(fields))),
  );
  return encodeSequence(tbs, signer.algorithm.der, encodeBitString(signer.sign(tbs)));
}

function crlExtensions({ authorityKeyIdentifier, number }: CrlFields): Extension[] {
  return [
    {
      oid: OID.authorityKeyIdentifier,
      critical: false,
      value: encodeAuthorityKeyIdentifier({ keyIdentifier: authorityKeyIdentifier }),
    },
    { oid: OID.cRLNumber, critical: false, value: encodeCrlNumber(number) },
  ];
}

function encodeRevoked({ serialNumber, revokedAt, reason = 'unspecified' }: RevokedEntry): Uint8Array {
  const reasonExtension = { oid: OID.reasonCode, critical: false, value: encodeReasonCode(reason) };
  return encodeSequence(
    encodeIntegerContents(serialNumberContents(serialNumber)),
    encodeTime(revokedAt),
    ...(reason === 'unspecified' ? [] : [encodeExtensions([reasonExtension])]),
  );
}
