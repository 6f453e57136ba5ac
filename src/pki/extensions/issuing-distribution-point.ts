import { contextConstructed, contextPrimitive, type DerReader, readWhole } from '../der-reader.ts';
import { encodeBoolean, encodeSequence, encodeTagged, retag } from '../der-writer.ts';
import {
  type DistributionPointName,
  encodeDistributionPointName,
  encodeReasonFlags,
  type ReasonFlag,
  readDistributionPointName,
  readReasonFlags,
} from './distribution-point.ts';

/** What a CRL covers (RFC 5280 section 5.2.5). */
export interface IssuingDistributionPoint {
  readonly distributionPoint?: DistributionPointName;
  readonly onlyContainsUserCerts: boolean;
  readonly onlyContainsCACerts: boolean;
  readonly onlySomeReasons?: readonly ReasonFlag[];
  readonly indirectCRL: boolean;
  readonly onlyContainsAttributeCerts: boolean;
}

export function encodeIssuingDistributionPoint(point: IssuingDistributionPoint): Uint8Array {
  const flag = (number: number, value: boolean): Uint8Array[] =>
    value ? [retag(contextPrimitive(number), encodeBoolean(true))] : [];
  const { distributionPoint, onlySomeReasons } = point;
  return encodeSequence(
    ...(distributionPoint === undefined
      ? []
      : [encodeTagged(contextConstructed(0), encodeDistributionPointName(distributionPoint))]),
    ...flag(1, point.onlyContainsUserCerts),
    ...flag(2, point.onlyContainsCACerts),
    ...(onlySomeReasons === undefined ? [] : [encodeReasonFlags(onlySomeReasons, contextPrimitive(3))]),
    ...flag(4, point.indirectCRL),
    ...flag(5, point.onlyContainsAttributeCerts),
  );
}

/** Not all fields may be absent or false, and at most one of the three `onlyContains` may be true. */
export function parseIssuingDistributionPoint(value: Uint8Array): IssuingDistributionPoint {
  return readWhole(value, 'issuingDistributionPoint extension', (reader) => {
    const sequence = reader.enter();
    const named = sequence.enterOptional(contextConstructed(0));
    const distributionPoint = named === undefined ? undefined : readDistributionPointName(named);
    named?.finish();
    const onlyContainsUserCerts = readFlag(sequence, 1);
    const onlyContainsCACerts = readFlag(sequence, 2);
    const onlySomeReasons =
      sequence.peek() === contextPrimitive(3) ? readReasonFlags(sequence, contextPrimitive(3)) : undefined;
    const indirectCRL = readFlag(sequence, 4);
    const onlyContainsAttributeCerts = readFlag(sequence, 5);
    sequence.finish();
    const only = [onlyContainsUserCerts, onlyContainsCACerts, onlyContainsAttributeCerts].filter(Boolean);
    if (only.length > 1) sequence.fail('it covers only one kind of certificate and only another', 0);
    return {
      ...(distributionPoint === undefined ? {} : { distributionPoint }),
      onlyContainsUserCerts,
      onlyContainsCACerts,
      ...(onlySomeReasons === undefined ? {} : { onlySomeReasons }),
      indirectCRL,
      onlyContainsAttributeCerts,
    };
  });
}

const readFlag = (reader: DerReader, number: number): boolean =>
  reader.peek() === contextPrimitive(number) ? reader.readBoolean(contextPrimitive(number)) : false;
