import { type DerReader, readWhole } from '../der-reader.ts';
import { encodeOid, encodeSequence } from '../der-writer.ts';

export interface PolicyInformation {
  readonly policyIdentifier: string;
  readonly policyQualifiers?: readonly PolicyQualifier[];
}

/** `OID.cps`, `OID.userNotice` or another, and the DER of what it says. */
export interface PolicyQualifier {
  readonly policyQualifierId: string;
  readonly qualifier: Uint8Array;
}

export const encodeCertificatePolicies = (policies: readonly PolicyInformation[]): Uint8Array =>
  encodeSequence(
    ...policies.map(({ policyIdentifier, policyQualifiers }) =>
      encodeSequence(
        encodeOid(policyIdentifier),
        ...(policyQualifiers === undefined ? [] : [encodeSequence(...policyQualifiers.map(encodeQualifier))]),
      ),
    ),
  );

/** At least one policy, and none twice; where there are qualifiers, at least one (RFC 5280 section 4.2.1.4). */
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
      if (information.isAtEnd) return { policyIdentifier };
      const policyQualifiers = readQualifiers(information.enter());
      information.finish();
      return { policyIdentifier, policyQualifiers };
    });
  });
}

const encodeQualifier = ({ policyQualifierId, qualifier }: PolicyQualifier): Uint8Array =>
  encodeSequence(encodeOid(policyQualifierId), qualifier);

function readQualifiers(sequence: DerReader): PolicyQualifier[] {
  if (sequence.isAtEnd) sequence.fail('a list of policy qualifiers is empty');
  return sequence.readAll((item) => {
    const info = item.enter();
    const policyQualifierId = info.readOid();
    const qualifier = info.read().der;
    info.finish();
    return { policyQualifierId, qualifier };
  });
}
