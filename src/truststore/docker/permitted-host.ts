import { parseCertificate } from '../../pki/certificate.ts';
import type { TrustAnchor } from '../trust-anchor.ts';

/**
 * Whether the root may vouch for a registry, `HOST`, `HOST:PORT` or as Windows writes it `HOSTPORT`, as far as its
 * constraint on host names tells: without that, trust in it is of no use there.
 */
export function mayVouchFor(registry: string, anchor: TrustAnchor): boolean {
  const host = registry.replace(/:?[0-9]*$/, '').toLowerCase();
  if (host.startsWith('[') || /^[0-9.]*$/.test(host)) return true;
  const permitted = permittedNames(anchor);
  return permitted === undefined || permitted.some((name) => host === name || host.endsWith(`.${name}`));
}

/** `undefined` where every name is permitted, or where that can't be told. */
function permittedNames({ certificate }: TrustAnchor): readonly string[] | undefined {
  try {
    const bases = parseCertificate(certificate).nameConstraints?.permitted.map(({ base }) => base) ?? [];
    const names = bases.flatMap((base) => (base.kind === 'dNSName' ? [base.value.toLowerCase()] : []));
    return names.length === 0 ? undefined : names;
  } catch {
    return undefined;
  }
}
