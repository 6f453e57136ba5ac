import { parseIpAddress } from '../pki/ip-address.ts';
import { isHostName } from './dns-pattern.ts';

/**
 * The host of a URI in lower case, where it has an authority with a fully qualified name for one; undefined for
 * `urn:` and the like, for addresses, and for what is no absolute URI (RFC 5280 sections 4.2.1.6 and 4.2.1.10).
 */
export function uriHost(uri: string): string | undefined {
  const authority = /^[A-Za-z][A-Za-z0-9+.-]*:\/\/([^/?#]*)/.exec(uri)?.[1];
  // Some take a backslash for a slash: then what stands before it is the host.
  if (authority === undefined || !AUTHORITY.test(authority)) return undefined;
  const host = authority
    .slice(authority.lastIndexOf('@') + 1)
    .replace(/:[0-9]*$/, '')
    .toLowerCase();
  return isHostName(host, true) && parseIpAddress(host) === undefined ? host : undefined;
}

/** RFC 3986 section 3.2, as far as characters go. */
const AUTHORITY = /^[A-Za-z0-9._~!$&'()*+,;=:@%[\]-]*$/;

/** A URI for comparison: scheme and host without regard to case, everything else as it is (RFC 3986 section 6.2.2.1). */
export function normalizeUri(uri: string): string {
  const [, scheme, slashes = '', authority = '', rest = ''] =
    /^([A-Za-z][A-Za-z0-9+.-]*:)(?:(\/\/)([^/?#]*))?(.*)$/s.exec(uri) ?? [];
  if (scheme === undefined) return uri;
  const at = authority.lastIndexOf('@') + 1;
  return `${scheme.toLowerCase()}${slashes}${authority.slice(0, at)}${authority.slice(at).toLowerCase()}${rest}`;
}
