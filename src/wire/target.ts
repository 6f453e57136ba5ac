import { DevcaError } from '../errors/devca-error.ts';
import { formatIpAddress, parseIpAddress } from '../pki/ip-address.ts';

/** Where to connect to. */
export interface Target {
  /** A name or an address, without brackets. */
  readonly host: string;
  readonly port: number;
  readonly isAddress: boolean;
}

/** Reads HOST, HOST:PORT, [IPv6]:PORT, a bare IPv6 address or an https:// URL. Throws DEVCA_WIRE_TARGET_INVALID. */
export function parseTarget(text: string, defaultPort = 443): Target {
  const refuse = (reason: string) => new DevcaError('DEVCA_WIRE_TARGET_INVALID', { target: text, reason });
  const authority = withoutScheme(text.trim(), refuse);
  const { host, port } = split(authority, refuse);
  const address = parseIpAddress(host);
  if (address !== undefined)
    return { host: formatIpAddress(address), port: port ?? defaultPort, isAddress: true };
  // URL host parsing turns international names into A-labels, as the server will be asked for.
  const name = asciiName(host);
  if (name === undefined) throw refuse('the host is not a name or an address');
  return { host: name, port: port ?? defaultPort, isAddress: false };
}

/** `host:port`, with brackets around IPv6. */
export function formatTarget(target: { readonly host: string; readonly port: number }): string {
  return target.host.includes(':') ? `[${target.host}]:${target.port}` : `${target.host}:${target.port}`;
}

type Refusal = (reason: string) => DevcaError;

function withoutScheme(text: string, refuse: Refusal): string {
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(text);
  if (scheme === null) return text;
  const name = scheme[1]?.toLowerCase() ?? '';
  if (name !== 'https' && name !== 'wss' && name !== 'tls')
    throw refuse(name === 'http' ? 'http:// has no TLS' : `${name}:// is not an address with TLS`);
  const rest = text.slice(scheme[0].length);
  const authority = rest.split(/[/?#]/, 1)[0] ?? '';
  return authority.slice(authority.lastIndexOf('@') + 1);
}

function split(authority: string, refuse: Refusal): { host: string; port: number | undefined } {
  const match = /^(?:\[([^\]]*)\]|([^:[\]]*))(?::(\d{1,5}))?$/.exec(authority);
  if (match === null) {
    if (parseIpAddress(authority) !== undefined) return { host: authority, port: undefined };
    throw refuse('it is neither HOST nor HOST:PORT');
  }
  const [, bracketed, plain, digits] = match;
  if (bracketed !== undefined && !bracketed.includes(':')) throw refuse('brackets are for IPv6 addresses');
  const port = digits === undefined ? undefined : Number(digits);
  if (port !== undefined && (port < 1 || port > 65_535)) throw refuse(`there is no port ${digits}`);
  return { host: bracketed ?? plain ?? '', port };
}

function asciiName(host: string): string | undefined {
  if (host === '' || /[\s/\\@#?%]/.test(host)) return undefined;
  // WHATWG URLs read `1.2` and `0x7f.1` as addresses; as a host here that would be a surprise.
  if (/^[0-9.]+$/.test(host) || /^0x/i.test(host)) return undefined;
  try {
    return new URL(`https://${host}`).hostname.replace(/\.$/, '') || undefined;
  } catch {
    return undefined;
  }
}
