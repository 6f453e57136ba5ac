import type { Authority } from '../authority/open-authority.ts';
import { type RootScope, rootScope } from '../lifecycle/root-scope.ts';
import { anchorFileName, type TrustAnchor, trustAnchorOf } from '../truststore/trust-anchor.ts';

/** A root that is offered to other machines. */
export interface ServedRoot extends TrustAnchor {
  /** Without an extension; nothing in it comes from the certificate's own text. */
  readonly fileName: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** `undefined` for a root that may sign for every site. */
  readonly scope: RootScope | undefined;
}

export function servedRoot({ root: { certificate } }: Pick<Authority, 'root'>): ServedRoot {
  const anchor = trustAnchorOf(certificate);
  const { notBefore, notAfter } = certificate;
  return { ...anchor, fileName: anchorFileName(anchor), notBefore, notAfter, scope: rootScope(certificate) };
}

/** A fingerprint in lines that people can compare, the same on the terminal and on the page. */
export function fingerprintLines(sha256: string): readonly (readonly string[])[] {
  const groups = sha256.match(/.{4}/g) ?? [];
  return [0, 4, 8, 12].map((from) => groups.slice(from, from + 4));
}
