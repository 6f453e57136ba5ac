import { readWhole } from '../der-reader.ts';
import { encodeOid, encodeSequence } from '../der-writer.ts';

/** The issuer's policy and the subject's policy that it takes for the same. */
export interface PolicyMapping {
  readonly issuerDomainPolicy: string;
  readonly subjectDomainPolicy: string;
}

export const encodePolicyMappings = (mappings: readonly PolicyMapping[]): Uint8Array =>
  encodeSequence(
    ...mappings.map(({ issuerDomainPolicy, subjectDomainPolicy }) =>
      encodeSequence(encodeOid(issuerDomainPolicy), encodeOid(subjectDomainPolicy)),
    ),
  );

/** At least one mapping (RFC 5280 section 4.2.1.5). */
export function parsePolicyMappings(value: Uint8Array): PolicyMapping[] {
  return readWhole(value, 'policyMappings extension', (reader) => {
    const sequence = reader.enter();
    if (sequence.isAtEnd) sequence.fail('it has no mapping');
    return sequence.readAll((item) => {
      const mapping = item.enter();
      const issuerDomainPolicy = mapping.readOid();
      const subjectDomainPolicy = mapping.readOid();
      mapping.finish();
      return { issuerDomainPolicy, subjectDomainPolicy };
    });
  });
}
