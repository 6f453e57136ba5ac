import { type AlgorithmIdentifier, readAlgorithm } from './algorithm.ts';
import { contextConstructed, type DerReader, readWhole, TAG } from './der-reader.ts';
import {
  type AuthorityKeyIdentifier,
  parseAuthorityKeyIdentifier,
} from './extensions/authority-key-identifier.ts';
import { parseCrlDistributionPoints } from './extensions/crl-distribution-points.ts';
import { parseCrlNumber } from './extensions/crl-number.ts';
import type { DistributionPoint } from './extensions/distribution-point.ts';
import { type Extension, findExtension, readExtensions } from './extensions/extension.ts';
import {
  type IssuingDistributionPoint,
  parseIssuingDistributionPoint,
} from './extensions/issuing-distribution-point.ts';
import { parseReasonCode, type ReasonCode } from './extensions/reason-code.ts';
import { parseSubjectAltName } from './extensions/subject-alt-name.ts';
import type { GeneralName } from './general-name.ts';
import { type DistinguishedName, readName } from './name.ts';
import { OID } from './oid.ts';
import { serialNumberHex } from './serial-number.ts';
import { readGeneralizedTime, readTime } from './time.ts';

/** A certificate revocation list as a value (RFC 5280 section 5). */
export interface CertificateRevocationList {
  readonly der: Uint8Array;
  /** The part that is signed. */
  readonly tbs: Uint8Array;
  readonly version: 1 | 2;
  readonly signatureAlgorithm: AlgorithmIdentifier;
  readonly tbsSignatureAlgorithm: AlgorithmIdentifier;
  readonly issuer: DistinguishedName;
  readonly thisUpdate: Date;
  /** Undefined where the list doesn't say when the next one comes, which RFC 5280 doesn't allow. */
  readonly nextUpdate: Date | undefined;
  readonly revoked: readonly RevokedCertificate[];
  readonly extensions: readonly Extension[];
  readonly signature: Uint8Array;
  readonly crlNumber?: bigint;
  /** The number of the base list, where this one is a delta. */
  readonly deltaCrlIndicator?: bigint;
  readonly authorityKeyIdentifier?: AuthorityKeyIdentifier;
  readonly issuingDistributionPoint?: IssuingDistributionPoint;
  readonly freshestCRL?: readonly DistributionPoint[];
}

export interface RevokedCertificate {
  /** Written as `Certificate.serialNumber` is. */
  readonly serialNumber: string;
  readonly revocationDate: Date;
  readonly extensions: readonly Extension[];
  readonly reason?: ReasonCode;
  readonly invalidityDate?: Date;
  /** In an indirect list: who issued the certificate, and those of the entries that follow. */
  readonly certificateIssuer?: readonly GeneralName[];
}

/** Parses one list, strictly; a malformed one throws `DEVCA_DER_INVALID`. */
export function parseCrl(der: Uint8Array): CertificateRevocationList {
  return readWhole(der, 'certificate revocation list', (reader) => {
    const list = reader.enter();
    const signed = list.read(TAG.sequence);
    const signatureAlgorithm = readAlgorithm(list);
    const { bytes: signature, unusedBits } = list.readBitString();
    if (unusedBits !== 0) list.fail('the signature does not end at an octet');
    list.finish();
    return { der, tbs: signed.der, signatureAlgorithm, signature, ...readTbs(list.over(signed)) };
  });
}

type TbsFields = Omit<CertificateRevocationList, 'der' | 'tbs' | 'signatureAlgorithm' | 'signature'>;

function readTbs(tbs: DerReader): TbsFields {
  const version = readVersion(tbs);
  const tbsSignatureAlgorithm = readAlgorithm(tbs);
  const issuer = readName(tbs);
  const thisUpdate = readTime(tbs);
  const hasNextUpdate = tbs.peek() === TAG.utcTime || tbs.peek() === TAG.generalizedTime;
  const nextUpdate = hasNextUpdate ? readTime(tbs) : undefined;
  const entries = tbs.enterOptional(TAG.sequence);
  const revoked = entries?.readAll((reader) => readRevoked(reader, version)) ?? [];
  const extensions = readCrlExtensions(tbs, version);
  tbs.finish();
  return {
    version,
    tbsSignatureAlgorithm,
    issuer,
    thisUpdate,
    nextUpdate,
    revoked,
    extensions,
    ...decodeExtensions(extensions),
  };
}

function readVersion(tbs: DerReader): 1 | 2 {
  if (tbs.peek() !== TAG.integer) return 1;
  const offset = tbs.offset;
  const value = tbs.readCount();
  if (value !== 1) tbs.fail(`it has version ${value + 1}`, offset);
  return 2;
}

function readCrlExtensions(tbs: DerReader, version: number): Extension[] {
  const explicit = tbs.enterOptional(contextConstructed(0));
  if (explicit === undefined) return [];
  if (version === 1) tbs.fail('a list of version 1 has extensions');
  const extensions = readExtensions(explicit);
  explicit.finish();
  return extensions;
}

function readRevoked(reader: DerReader, version: number): RevokedCertificate {
  const entry: DerReader = reader.enter();
  const serialNumber = serialNumberHex(entry.readInteger());
  const revocationDate = readTime(entry);
  if (entry.isAtEnd) return { serialNumber, revocationDate, extensions: [] };
  if (version === 1) entry.fail('an entry in a list of version 1 has extensions');
  const extensions = readExtensions(entry);
  entry.finish();
  return { serialNumber, revocationDate, extensions, ...decodeEntryExtensions(extensions) };
}

function decodeEntryExtensions(
  extensions: readonly Extension[],
): Pick<RevokedCertificate, 'reason' | 'invalidityDate' | 'certificateIssuer'> {
  const reason = findExtension(extensions, OID.reasonCode);
  const invalidity = findExtension(extensions, OID.invalidityDate);
  const issuer = findExtension(extensions, OID.certificateIssuer);
  return {
    ...(reason === undefined ? {} : { reason: parseReasonCode(reason.value) }),
    ...(invalidity === undefined ? {} : { invalidityDate: parseInvalidityDate(invalidity.value) }),
    ...(issuer === undefined ? {} : { certificateIssuer: parseSubjectAltName(issuer.value) }),
  };
}

const parseInvalidityDate = (value: Uint8Array): Date =>
  readWhole(value, 'invalidityDate extension', (reader) => readGeneralizedTime(reader));

type DecodedFields = Pick<
  CertificateRevocationList,
  'crlNumber' | 'deltaCrlIndicator' | 'authorityKeyIdentifier' | 'issuingDistributionPoint' | 'freshestCRL'
>;

function decodeExtensions(extensions: readonly Extension[]): DecodedFields {
  const value = (oid: string): Uint8Array | undefined => findExtension(extensions, oid)?.value;
  const number = value(OID.cRLNumber);
  const delta = value(OID.deltaCRLIndicator);
  const key = value(OID.authorityKeyIdentifier);
  const point = value(OID.issuingDistributionPoint);
  const freshest = value(OID.freshestCRL);
  return {
    ...(number === undefined ? {} : { crlNumber: parseCrlNumber(number) }),
    ...(delta === undefined
      ? {}
      : { deltaCrlIndicator: parseCrlNumber(delta, 'deltaCRLIndicator extension') }),
    ...(key === undefined ? {} : { authorityKeyIdentifier: parseAuthorityKeyIdentifier(key) }),
    ...(point === undefined ? {} : { issuingDistributionPoint: parseIssuingDistributionPoint(point) }),
    ...(freshest === undefined
      ? {}
      : { freshestCRL: parseCrlDistributionPoints(freshest, 'freshestCRL extension') }),
  };
}
