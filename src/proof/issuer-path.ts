import type { Certificate } from '../pki/certificate.ts';
import { nameEquals } from '../pki/name.ts';

/** The certificates above an end entity, nearest first, the root last. */
export type IssuerPath = readonly [Certificate, ...Certificate[]];

/** Whether names lead from an end entity up to one of some roots. */
export const leadsToRoot = (
  certificate: Certificate,
  intermediates: readonly Certificate[],
  roots: readonly [Certificate, ...Certificate[]],
): boolean => {
  const { issuer } = issuerPath(certificate, intermediates, roots).at(-2) ?? certificate;
  return roots.some(({ subject }) => nameEquals(subject, issuer));
};

/**
 * From an end entity up to one of some roots, by name, as far as the certificates at hand lead. Where they lead to
 * none, the first root is taken all the same: the handshakes then show that it is the wrong one.
 */
export function issuerPath(
  certificate: Certificate,
  intermediates: readonly Certificate[],
  roots: readonly [Certificate, ...Certificate[]],
): IssuerPath {
  const path: Certificate[] = [];
  let next: Certificate | undefined = certificate;
  while (next !== undefined) {
    const { issuer } = next as Certificate;
    const root = roots.find(({ subject }) => nameEquals(subject, issuer));
    if (root !== undefined) return beneath(path, root);
    next = intermediates.find((each) => !path.includes(each) && nameEquals(each.subject, issuer));
    if (next !== undefined) path.push(next);
  }
  return beneath(path, roots[0]);
}

function beneath(path: readonly Certificate[], root: Certificate): IssuerPath {
  const [nearest, ...further] = path;
  return nearest === undefined ? [root] : [nearest, ...further, root];
}
