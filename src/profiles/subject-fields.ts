import { DevcaError } from '../errors/devca-error.ts';
import type { NameAttributeType } from '../pki/name.ts';

/** What a subject may say besides its common name. No verifier looks at it; some programs show it or map users by it. */
export interface SubjectRequest {
  /** ISO 3166: two letters. */
  readonly country?: string;
  readonly state?: string;
  readonly locality?: string;
  readonly organization?: string;
  readonly organizationalUnit?: string;
}

/** In the order of the name, from the largest to the smallest, with the upper bounds of RFC 5280 appendix A. */
const FIELDS = [
  { name: 'country', type: 'countryName', longest: 2 },
  { name: 'state', type: 'stateOrProvinceName', longest: 128 },
  { name: 'locality', type: 'localityName', longest: 128 },
  { name: 'organization', type: 'organizationName', longest: 64 },
  { name: 'organizationalUnit', type: 'organizationalUnitName', longest: 64 },
] as const satisfies readonly {
  readonly name: keyof SubjectRequest;
  readonly type: NameAttributeType;
  readonly longest: number;
}[];

/** The attributes of a subject, the common name last. Throws DEVCA_ISSUE_SUBJECT. */
export function subjectAttributes(
  commonName: string | undefined,
  request: SubjectRequest,
): readonly { readonly type: NameAttributeType; readonly value: string }[] {
  const fields = FIELDS.flatMap(({ name, type, longest }) => {
    const value = request[name];
    if (value === undefined) return [];
    const reason = reasonAgainst(name, value, longest);
    if (reason !== undefined) throw new DevcaError('DEVCA_ISSUE_SUBJECT', { field: name, value, reason });
    return [{ type, value: name === 'country' ? value.toUpperCase() : value }];
  });
  return [
    ...fields,
    ...(commonName === undefined ? [] : [{ type: 'commonName' as const, value: commonName }]),
  ];
}

function reasonAgainst(name: keyof SubjectRequest, value: string, longest: number): string | undefined {
  if (name === 'country' && !/^[A-Za-z]{2}$/.test(value)) return 'a country has two letters, such as "DE"';
  if (value.trim() === '') return 'it is empty';
  if ([...value].length > longest) return `it has more than ${longest} characters`;
  if (/[\u0000-\u001f\u007f-\u009f]/.test(value)) return 'it has a control character in it';
  if (/\p{Surrogate}/u.test(value)) return 'it is not well-formed Unicode';
  return undefined;
}
