import type { Certificate } from '../pki/certificate.ts';
import { sha256Hex } from '../pki/fingerprint.ts';
import { commonNameOf } from '../pki/name.ts';
import { encodePem } from '../pki/pem.ts';

/** A root that stores are to trust. Its key plays no part here. */
export interface TrustAnchor {
  /** DER. */
  readonly certificate: Uint8Array;
  /** Lower-case hex. Stores are searched by this, never by the name alone. */
  readonly sha256: string;
  /** What people see in the store; begins with `devca `. */
  readonly name: string;
}

/** What is done with an anchor in a store. */
export type TrustAction = 'install' | 'uninstall';

/** A root as stores are to have it. */
export const trustAnchorOf = ({ der, subject }: Pick<Certificate, 'der' | 'subject'>): TrustAnchor =>
  buildTrustAnchor(der, commonNameOf(subject) ?? '');

/** `commonName` is the root's; it becomes the name by which people find the root in a store. */
export function buildTrustAnchor(certificate: Uint8Array, commonName: string): TrustAnchor {
  return { certificate, sha256: sha256Hex(certificate), name: storeName(commonName) };
}

export const anchorPem = (anchor: TrustAnchor): string => encodePem('CERTIFICATE', anchor.certificate);

/** The file name without its extension: nothing in it comes from the certificate's own text. */
export const anchorFileName = (anchor: TrustAnchor): string => `devca-${tag(anchor)}`;

/** Whether a file's name is one that devca gives to some root. */
export const isAnchorFile = (name: string): boolean => /^devca-[0-9a-f]{16}\.(crt|pem)$/.test(name);

/**
 * The nickname in a database. It ends with part of the fingerprint, because roots of two homes may share a
 * subject, and NSS finds certificates by nickname only.
 */
export const anchorNickname = (anchor: TrustAnchor): string => `${anchor.name} ${tag(anchor)}`;

export const isDevcaName = (name: string): boolean => /^devca[ -]/.test(name);

/** Whether a nickname or file name is the one that devca gives to this very root. */
export const namesAnchor = (name: string, anchor: TrustAnchor): boolean =>
  isDevcaName(name) && name.endsWith(tag(anchor));

const tag = (anchor: TrustAnchor): string => anchor.sha256.slice(0, 16);

/** NSS reads `a:b` as token `a`, nickname `b`; controls and long names are of no use to anybody. */
function storeName(commonName: string): string {
  const clean = commonName
    .replace(/[\p{C}:]+/gu, '-')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, 64)
    .trim();
  return clean.startsWith('devca ') ? clean : `devca ${clean}`.trim().replace(/^devca$/, 'devca root');
}
