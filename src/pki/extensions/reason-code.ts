import { readWhole, TAG } from '../der-reader.ts';
import { encodeEnumerated } from '../der-writer.ts';

/** The values of CRLReason (RFC 5280 section 5.3.1); 7 is not used. */
export const REASON_CODES = {
  unspecified: 0,
  keyCompromise: 1,
  cACompromise: 2,
  affiliationChanged: 3,
  superseded: 4,
  cessationOfOperation: 5,
  certificateHold: 6,
  removeFromCRL: 8,
  privilegeWithdrawn: 9,
  aACompromise: 10,
} as const;

export type ReasonCode = keyof typeof REASON_CODES;

export const isReasonCode = (text: string): text is ReasonCode => Object.hasOwn(REASON_CODES, text);

export const encodeReasonCode = (reason: ReasonCode): Uint8Array => encodeEnumerated(REASON_CODES[reason]);

export function parseReasonCode(value: Uint8Array): ReasonCode {
  return readWhole(value, 'reasonCode extension', (reader) => {
    const contents = reader.readInteger(TAG.enumerated);
    const found = Object.entries(REASON_CODES).find(
      ([, code]) => contents.length === 1 && code === contents[0],
    );
    return (found?.[0] as ReasonCode | undefined) ?? reader.fail('there is no such reason', 0);
  });
}
