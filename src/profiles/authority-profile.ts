import intermediate from '../../templates/profiles/intermediate.json' with { type: 'json' };
import root from '../../templates/profiles/root.json' with { type: 'json' };
import { KEY_USAGES, type KeyUsage } from '../pki/extensions/key-usage.ts';
import { OID } from '../pki/oid.ts';

/** What the certificate of an authority contains. */
export interface AuthorityProfile {
  readonly name: string;
  readonly keyUsage: readonly KeyUsage[];
  /** Object identifiers; empty for no extension. */
  readonly extendedKeyUsage: readonly string[];
  readonly pathLenConstraint: number;
  readonly validDays: number;
}

const PURPOSES: Readonly<Record<string, string>> = OID;

export const rootProfile: AuthorityProfile = read(root);
export const intermediateProfile: AuthorityProfile = read(intermediate);

function read(data: typeof root | typeof intermediate): AuthorityProfile {
  return {
    ...data,
    keyUsage: KEY_USAGES.filter((usage) => data.keyUsage.includes(usage)),
    extendedKeyUsage: data.extendedKeyUsage.map((purpose) => PURPOSES[purpose] ?? purpose),
  };
}
