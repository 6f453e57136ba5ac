import { readWhole } from '../der-reader.ts';
import { encodeSequence } from '../der-writer.ts';
import {
  type DistributionPoint,
  encodeDistributionPoint,
  readDistributionPoint,
} from './distribution-point.ts';

/** The value of cRLDistributionPoints, and of freshestCRL, which has the same form. */
export const encodeCrlDistributionPoints = (points: readonly DistributionPoint[]): Uint8Array =>
  encodeSequence(...points.map(encodeDistributionPoint));

/** At least one point (RFC 5280 section 4.2.1.13). */
export function parseCrlDistributionPoints(
  value: Uint8Array,
  what = 'cRLDistributionPoints extension',
): DistributionPoint[] {
  return readWhole(value, what, (reader) => {
    const sequence = reader.enter();
    if (sequence.isAtEnd) sequence.fail('it has no distribution point');
    return sequence.readAll(readDistributionPoint);
  });
}
