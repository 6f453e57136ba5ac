import { authorityFiles } from '../authority/authority-files.ts';
import { importSource, issuingKey, keyRecord } from '../authority/authority-keys.ts';
import { type Constraint, permittedList } from '../authority/constraint.ts';
import { type Authority, issuesFromRoot, type RecordedCertificate } from '../authority/open-authority.ts';
import { isPublic } from '../authority/wide-domain.ts';
import { commonNameOf } from '../pki/name.ts';

/** An authority's latest generation, for people and scripts. */
export interface AuthorityDescription {
  readonly home: string;
  readonly name: string;
  readonly generation: number;
  readonly keyType: string;
  readonly root: CertificateDescription;
  /** `undefined` where the root issues. */
  readonly intermediate: CertificateDescription | undefined;
  /** What it was before it was imported, such as `mkcert`; `undefined` for one that devca has made. */
  readonly importedFrom: string | undefined;
  readonly crl: { readonly file: string };
  /** `undefined` for an authority without a constraint. */
  readonly permitted: readonly string[] | undefined;
  readonly keystore: string;
  /** `discard` for a root whose key is no more, `none` for one whose key devca never had. */
  readonly rootKeystore: string;
  readonly warnings: readonly string[];
}

export interface CertificateDescription {
  readonly file: string;
  readonly sha256: string;
  readonly commonName: string;
  readonly notAfter: Date;
  readonly der: Uint8Array;
}

export function describeAuthority(authority: Authority): AuthorityDescription {
  const { home, record, constraint } = authority;
  const files = authorityFiles(home, record);
  return {
    home,
    name: record.name,
    generation: record.generation,
    keyType: record.keyType,
    root: describeCertificate(authority.root, files.root),
    intermediate: issuesFromRoot(authority)
      ? undefined
      : describeCertificate(authority.issuer, files.intermediate),
    importedFrom: importSource(record),
    crl: { file: files.crl },
    permitted: permittedList(constraint),
    keystore: keyRecord(record).keystore,
    rootKeystore: record.rootKey.keystore,
    warnings: [
      ...(constraint.unconstrained ? [UNCONSTRAINED] : []),
      ...warnOfWide(constraint),
      ...(keepsRootKey(authority) ? [ROOT_KEY_KEPT] : []),
    ],
  };
}

/** Where the root issues and is not constrained anyway, there is nothing to add. */
function keepsRootKey({ record, constraint }: Authority): boolean {
  const isKept = !['discard', 'none'].includes(record.rootKey.keystore);
  return isKept && !(constraint.unconstrained && issuingKey(record) === 'root');
}

/** What it means that somebody else may have a site below a name that is permitted. */
export function warnOfWide(constraint: Constraint): readonly string[] {
  if (constraint.unconstrained) return [];
  const wide = constraint.names.filter(isPublic).map((name) => `"${name}"`);
  if (wide.length === 0) return [];
  return [
    `it may issue for all of ${wide.join(', ')}: whoever gets hold of its key can stand for the sites of others there towards all who trust it`,
  ];
}

/** What an authority without a constraint means. */
export const UNCONSTRAINED =
  'the authority is not constrained: whoever gets hold of its key can stand for every site towards all who trust it';
const ROOT_KEY_KEPT =
  "the root's key is kept: Java and others do not apply a root's own constraint, so towards them it can stand for every site";

function describeCertificate(
  { record, certificate }: RecordedCertificate,
  file: string,
): CertificateDescription {
  return {
    file,
    sha256: record.sha256,
    commonName: commonNameOf(certificate.subject) ?? '',
    notAfter: certificate.notAfter,
    der: certificate.der,
  };
}
