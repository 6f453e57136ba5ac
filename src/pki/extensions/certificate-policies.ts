import { readWhole } from '../der-reader.ts';
import { encodeOid, encodeSequence } from '../der-writer.ts';

/** A policy and the DER of its qualifiers, undefined where it has none. */
export interface PolicyInformation {
  readonly policyIdentifier: string;
  readonly policyQualifiers?: Uint8Array;
}

export const encodeCertificatePolicies = (policies: readonly PolicyInformation[]): Uint8Array =>
  encodeSequence(
    ...policies.map(({ policyIdentifier, policyQualifiers }) =>
      encodeSequence(
        encodeOid(policyIdentifier),
        ...(policyQualifiers === undefined ? [] : [policyQualifiers]),
      ),
    ),
  );

/** At least one policy, and none twice (RFC 5280 section 4.2.1.4). */
export function parseCertificatePolicies(value: Uint8Array): PolicyInformation[] {
  return readWhole(value, 'certificatePolicies extension', (reader) => {
    const sequence = reader.enter();
    if (sequence.isAtEnd) sequence.fail('it names no policy');
    const seen = new Set<string>();
    return sequence.readAll((item) => {
      const information = item.enter();
      const policyIdentifier = information.readOid();
      if (seen.has(policyIdentifier)) information.fail(`the policy ${policyIdentifier} is there twice`);
      seen.add(policyIdentifier);
      const policyQualifiers = information.isAtEnd ? undefined : information.read(0x30).der;
      information.finish();
      return { policyIdentifier, ...(policyQualifiers === undefined ? {} : { policyQualifiers }) };
    });
  });
}
