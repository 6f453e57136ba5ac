import { encodeAuthorityKeyIdentifier } from '../pki/extensions/authority-key-identifier.ts';
import type { Extension } from '../pki/extensions/extension.ts';
import { encodeSubjectKeyIdentifier } from '../pki/extensions/subject-key-identifier.ts';
import { OID } from '../pki/oid.ts';

export interface KeyIdentifiers {
  readonly subjectKeyIdentifier: Uint8Array;
  /** `undefined` where the issuer has none, or is the subject itself. */
  readonly authorityKeyIdentifier: Uint8Array | undefined;
}

/** By which verifiers find the issuer of a certificate (RFC 5280 sections 4.2.1.1 and 4.2.1.2). */
export const keyIdentifierExtensions = ({
  subjectKeyIdentifier,
  authorityKeyIdentifier: keyIdentifier,
}: KeyIdentifiers): readonly Extension[] => [
  ...(keyIdentifier === undefined
    ? []
    : [
        {
          oid: OID.authorityKeyIdentifier,
          critical: false,
          value: encodeAuthorityKeyIdentifier({ keyIdentifier }),
        },
      ]),
  {
    oid: OID.subjectKeyIdentifier,
    critical: false,
    value: encodeSubjectKeyIdentifier(subjectKeyIdentifier),
  },
];
