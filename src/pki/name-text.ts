import type { AttributeTypeAndValue, DistinguishedName } from './name.ts';
import { OID, oidText } from './oid.ts';

/** The text of a name in the order of RFC 4514, most specific first: `CN=api.test,O=devca`. */
export function formatName(name: DistinguishedName): string {
  return [...name.rdns]
    .reverse()
    .map((rdn) => rdn.map((a) => `${label(a)}=${isHex(a) ? a.value : escapeValue(a.value)}`).join('+'))
    .join(',');
}

/** The text of a name as OpenSSL prints it on one line, least specific first: `/O=devca/CN=api.test`. */
export function formatSlashName(name: DistinguishedName): string {
  return name.rdns.flatMap((rdn) => rdn.map((a) => `/${label(a)}=${escapeSlashValue(a.value)}`)).join('');
}

/** RFC 4514 section 3, and the one short name beside it that everyone knows. */
const SHORT_NAMES = new Map<string, string>([
  [OID.commonName, 'CN'],
  [OID.localityName, 'L'],
  [OID.stateOrProvinceName, 'ST'],
  [OID.organizationName, 'O'],
  [OID.organizationalUnitName, 'OU'],
  [OID.countryName, 'C'],
  [OID.streetAddress, 'STREET'],
  [OID.domainComponent, 'DC'],
  [OID.userId, 'UID'],
]);

const label = (attribute: AttributeTypeAndValue): string =>
  SHORT_NAMES.get(attribute.type) ?? oidText(attribute.type);

const isHex = (attribute: AttributeTypeAndValue): boolean =>
  attribute.value.startsWith('#') && attribute.value.length === 1 + 2 * attribute.der.length;

// Controls are escaped too, which RFC 4514 section 2.4 allows and a terminal is grateful for.
function escapeValue(value: string): string {
  return value
    .replaceAll(/[\\"+,;<>]/g, '\\$&')
    .replaceAll(/[\0-\x1f\x7f]/g, (character) => `\\${hexOctet(character.charCodeAt(0)).toUpperCase()}`)
    .replaceAll(/^[ #]|(?<!\\) $/g, '\\$&');
}

function escapeSlashValue(value: string): string {
  return [...Buffer.from(value, 'utf8')]
    .map((octet) =>
      octet >= 0x20 && octet <= 0x7e ? String.fromCharCode(octet) : `\\x${hexOctet(octet).toUpperCase()}`,
    )
    .join('');
}

const hexOctet = (octet: number): string => octet.toString(16).padStart(2, '0');
