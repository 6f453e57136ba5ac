import { DevcaError } from '../errors/devca-error.ts';
import { type Reading, type Refusal, readDnsName } from './dns-name.ts';
import type { GeneralName } from './general-name.ts';
import { formatIpAddress, parseIpAddress } from './ip-address.ts';
import { formatSpiffeId, readSpiffeId } from './spiffe-id.ts';

/** A name as a person typed it, read: what it is and how a certificate holds it. */
export interface Identifier {
  readonly name: IdentifierName;
  /** Where some clients refuse what is allowed here. */
  readonly warnings: readonly string[];
}

/** The kinds of GeneralName that can be asked for, each with its canonical text in `value`. */
export type IdentifierName = Extract<GeneralName, { value: string }>;

/** RFC 5321 section 4.5.3.1. */
const LONGEST_LOCAL_PART = 64;
const LONGEST_MAIL_ADDRESS = 254;
/** RFC 5322 section 3.2.3, dot-atom. */
const LOCAL_PART = /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/;
/** RFC 8141 section 2. */
const URN = /^urn:[a-z0-9][a-z0-9-]{1,31}:[!-~]{1,2000}$/i;

/** Reads one name. Throws DEVCA_NAME_INVALID. */
export function parseIdentifier(text: string): Identifier {
  const reading = readIdentifier(text);
  if ('value' in reading) return reading.value;
  throw new DevcaError('DEVCA_NAME_INVALID', { problems: [{ value: text, ...reading }] });
}

/** Reads many names, leaving out repetitions. All bad ones are in one DEVCA_NAME_INVALID. */
export function parseIdentifiers(texts: readonly string[]): readonly Identifier[] {
  const identifiers = new Map<string, Identifier>();
  const problems: ({ value: string } & Refusal)[] = [];
  for (const text of texts) {
    const reading = readIdentifier(text);
    if ('value' in reading)
      identifiers.set(`${reading.value.name.kind} ${reading.value.name.value}`, reading.value);
    else problems.push({ value: text, ...reading });
  }
  if (problems.length > 0) throw new DevcaError('DEVCA_NAME_INVALID', { problems });
  return [...identifiers.values()];
}

/** Tells what a name is by its look: URI, e-mail address, IP address, else DNS name. */
export function readIdentifier(text: string): Reading<Identifier> {
  if (text === '') return { reason: 'it is empty' };
  if (text.startsWith('-')) return { reason: 'it begins with a hyphen', hint: 'give flags after the names' };
  if (/^spiffe:/i.test(text)) return readSpiffeUri(text);
  if (/^urn:/i.test(text)) return readUrn(text);
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) return refuseUrl(text);
  if (text.includes('@')) return readMailAddress(text);
  const address = readAddress(text);
  if (address !== undefined) return address;
  return readHostName(text);
}

function readHostName(text: string): Reading<Identifier> {
  const port = /^(.+):\d*$/.exec(text);
  if (port?.[1] !== undefined) return refuse('it has a port', port[1], 'leave out the port');
  const path = /^([^/]+)\/.*$/.exec(text);
  const reading = readDnsName(text);
  if (!('value' in reading)) {
    return path?.[1] !== undefined ? refuse(reading.reason, path[1], 'leave out the path') : reading;
  }
  return {
    value: { name: { kind: 'dNSName', value: reading.value }, warnings: warnAboutDnsName(reading.value) },
  };
}

function warnAboutDnsName(name: string): readonly string[] {
  const warnings: string[] = [];
  if (/^\*\.[^.]+$/.test(name)) {
    const base = name.slice(2);
    warnings.push(
      `most clients refuse the wildcard "${name}", since it covers all of "${base}": give the names, such as "app.${base}", or a wildcard below one, such as "*.app.${base}"`,
    );
  }
  if (name.includes('_')) {
    warnings.push(
      `"${name}" has an underscore, which RFC 1123 does not allow in a host name: some clients refuse it`,
    );
  }
  return warnings;
}

/** `undefined` where the text does not look like an address at all. */
function readAddress(text: string): Reading<Identifier> | undefined {
  const bracketed = /^\[([^\]]*)\](?::\d*)?$/.exec(text);
  const bare = bracketed?.[1] ?? text;
  if (text.startsWith('[') && bracketed === null)
    return { reason: 'it has a bracket and is no IPv6 address' };
  const bytes = parseIpAddress(bare);
  if (bytes !== undefined) {
    if (!text.startsWith('[') || text.endsWith(']')) return ipAddress(bytes, bracketed !== null);
    return refuse('it has a port', bare, 'leave out the port');
  }
  if (bracketed !== null) return { reason: 'what stands in the brackets is no IPv6 address' };
  const mask = /^([^/]+)\/\d+$/.exec(text);
  if (mask?.[1] !== undefined && parseIpAddress(mask[1]) !== undefined) {
    return { reason: 'it is a range of addresses', hint: `give one address, such as "${mask[1]}"` };
  }
  const zone = /^([0-9a-f:.]+)%.+$/i.exec(text);
  if (zone?.[1] !== undefined && parseIpAddress(zone[1]) !== undefined)
    return refuse('it has a zone', zone[1], 'leave out the zone');
  if ((text.match(/:/g)?.length ?? 0) > 1) return { reason: 'it has colons and is no IPv6 address' };
  return undefined;
}

function ipAddress(bytes: Uint8Array, bracketed: boolean): Reading<Identifier> {
  const value = formatIpAddress(bytes);
  if (bracketed && bytes.length === 4)
    return refuse('only IPv6 addresses stand in brackets', value, 'leave them out');
  // A client that connects to ::ffff:192.0.2.1 compares four octets or sixteen, each as it likes.
  if (bytes.length === 16 && Buffer.from(bytes.subarray(0, 12)).equals(MAPPED_PREFIX))
    return refuse(
      'it is an IPv4-mapped IPv6 address',
      formatIpAddress(bytes.subarray(12)),
      'give the IPv4 address',
    );
  return { value: { name: { kind: 'iPAddress', value, bytes }, warnings: [] } };
}

/** RFC 4291 section 2.5.5.2. */
const MAPPED_PREFIX = Buffer.from('00000000000000000000ffff', 'hex');

function readMailAddress(text: string): Reading<Identifier> {
  const at = text.lastIndexOf('@');
  const [local, domain] = [text.slice(0, at), text.slice(at + 1)];
  if (local === '') return { reason: 'nothing stands before the "@"' };
  if (!/^[\u0000-\u007f]*$/.test(local))
    return { reason: 'the part before the "@" is not ASCII, which an rfc822Name cannot hold (RFC 9598)' };
  if (!LOCAL_PART.test(local)) return { reason: 'the part before the "@" is not an RFC 5322 dot-atom' };
  if (local.length > LONGEST_LOCAL_PART)
    return { reason: `the part before the "@" has more than ${LONGEST_LOCAL_PART} characters` };
  const host = readDnsName(domain);
  if (!('value' in host)) return { reason: `the part after the "@" is wrong: ${host.reason}` };
  if (host.value.startsWith('*')) return { reason: 'an e-mail address cannot have a wildcard' };
  const value = `${local}@${host.value}`;
  if (value.length > LONGEST_MAIL_ADDRESS)
    return { reason: `it has ${value.length} characters, and ${LONGEST_MAIL_ADDRESS} is the limit` };
  return { value: { name: { kind: 'rfc822Name', value }, warnings: [] } };
}

function readSpiffeUri(text: string): Reading<Identifier> {
  const reading = readSpiffeId(text);
  if (!('value' in reading)) return reading;
  const value = formatSpiffeId(reading.value);
  return { value: { name: { kind: 'uniformResourceIdentifier', value }, warnings: [] } };
}

function readUrn(text: string): Reading<Identifier> {
  if (!URN.test(text)) return { reason: 'it is not a URN' };
  return { value: { name: { kind: 'uniformResourceIdentifier', value: text }, warnings: [] } };
}

function refuseUrl(text: string): Refusal {
  const host = /^[^:]+:\/\/(?:[^/?#@]*@)?(\[[^\]]*\]|[^/?#:]*)/.exec(text)?.[1] ?? '';
  return refuse('it is a URL', host, 'give the host alone');
}

/** A refusal that proposes something better, if that is a name. */
function refuse(reason: string, better: string, advice: string): Refusal {
  const reading = readIdentifier(better);
  return 'value' in reading ? { reason, hint: `${advice}: "${reading.value.name.value}"` } : { reason };
}
