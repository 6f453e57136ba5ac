import { contextConstructed, contextPrimitive, type DerReader } from '../der-reader.ts';
import { encodeSequence, encodeTagged, namedBitsContents, retag } from '../der-writer.ts';
import { encodeGeneralNames, type GeneralName, readGeneralNames } from '../general-name.ts';
import { encodeRdn, type RelativeDistinguishedName, readRdn } from '../name.ts';

/** RFC 5280 section 4.2.1.13: the full names, or an RDN that completes the name of the CRL's issuer. */
export type DistributionPointName =
  | { readonly fullName: readonly GeneralName[] }
  | { readonly nameRelativeToCRLIssuer: RelativeDistinguishedName };

export interface DistributionPoint {
  readonly distributionPoint?: DistributionPointName;
  readonly reasons?: readonly ReasonFlag[];
  readonly cRLIssuer?: readonly GeneralName[];
}

/** The bits of ReasonFlags in their order; the first is not used. */
export const REASON_FLAGS = [
  'unused',
  'keyCompromise',
  'cACompromise',
  'affiliationChanged',
  'superseded',
  'cessationOfOperation',
  'certificateHold',
  'privilegeWithdrawn',
  'aACompromise',
] as const;

export type ReasonFlag = (typeof REASON_FLAGS)[number];

export function encodeDistributionPoint(point: DistributionPoint): Uint8Array {
  const { distributionPoint, reasons, cRLIssuer } = point;
  const parts: Uint8Array[] = [];
  if (distributionPoint !== undefined) {
    parts.push(encodeTagged(contextConstructed(0), encodeDistributionPointName(distributionPoint)));
  }
  if (reasons !== undefined) parts.push(encodeReasonFlags(reasons, contextPrimitive(1)));
  if (cRLIssuer !== undefined) parts.push(encodeGeneralNames(cRLIssuer, contextConstructed(2)));
  return encodeSequence(...parts);
}

/** Reasons alone say nothing: a name or an issuer must stand beside them. */
export function readDistributionPoint(reader: DerReader): DistributionPoint {
  const sequence = reader.enter();
  const named = sequence.enterOptional(contextConstructed(0));
  const distributionPoint = named === undefined ? undefined : readDistributionPointName(named);
  named?.finish();
  const reasons =
    sequence.peek() === contextPrimitive(1) ? readReasonFlags(sequence, contextPrimitive(1)) : undefined;
  const cRLIssuer =
    sequence.peek() === contextConstructed(2) ? readGeneralNames(sequence, contextConstructed(2)) : undefined;
  sequence.finish();
  if (distributionPoint === undefined && cRLIssuer === undefined) {
    sequence.fail('a distribution point has neither a name nor an issuer');
  }
  return {
    ...(distributionPoint === undefined ? {} : { distributionPoint }),
    ...(reasons === undefined ? {} : { reasons }),
    ...(cRLIssuer === undefined ? {} : { cRLIssuer }),
  };
}

export function encodeDistributionPointName(name: DistributionPointName): Uint8Array {
  return 'fullName' in name
    ? encodeGeneralNames(name.fullName, contextConstructed(0))
    : retag(contextConstructed(1), encodeRdn(name.nameRelativeToCRLIssuer));
}

export function readDistributionPointName(reader: DerReader): DistributionPointName {
  return reader.peek() === contextConstructed(0)
    ? { fullName: readGeneralNames(reader, contextConstructed(0)) }
    : { nameRelativeToCRLIssuer: readRdn(reader, contextConstructed(1)) };
}

export const encodeReasonFlags = (reasons: readonly ReasonFlag[], tag: number): Uint8Array =>
  encodeTagged(tag, namedBitsContents(REASON_FLAGS.map((flag) => reasons.includes(flag))));

export function readReasonFlags(reader: DerReader, tag: number): ReasonFlag[] {
  const bits = reader.readNamedBits(tag);
  return REASON_FLAGS.filter((_, i) => bits[i] === true);
}
