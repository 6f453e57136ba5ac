import { bytesToHex } from '../pki/fingerprint.ts';
import { buildName, type DistinguishedName } from '../pki/name.ts';

export interface AuthorityOwner {
  readonly userName: string;
  readonly hostName: string;
}

/** RFC 5280 appendix A, ub-common-name. */
const LONGEST_COMMON_NAME = 64;

/**
 * The subject of a root or intermediate: `devca root mara@laptop 1`, so that everyone finds it in a trust store.
 * The unit is the beginning of its key identifier: two authorities of one person have different subjects, which
 * keeps verifiers apart that look issuers up by name alone.
 */
export function authorityName(
  kind: 'root' | 'intermediate',
  generation: number,
  keyIdentifier: Uint8Array,
  owner: AuthorityOwner,
): DistinguishedName {
  const [before, after] = [`devca ${kind} `, ` ${generation}`];
  const who = `${plain(owner.userName)}@${plain(owner.hostName)}`;
  const commonName = before + who.slice(0, LONGEST_COMMON_NAME - before.length - after.length) + after;
  return buildName([
    { type: 'organizationName', value: 'devca development CA' },
    { type: 'organizationalUnitName', value: bytesToHex(keyIdentifier.subarray(0, 4)) },
    { type: 'commonName', value: commonName },
  ]);
}

/** Without anything that a trust store or a shell could take for more than a character. */
const plain = (text: string): string => text.replaceAll(/[^A-Za-z0-9._-]+/g, '-') || 'unknown';
