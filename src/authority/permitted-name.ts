import { DevcaError } from '../errors/devca-error.ts';
import { type Reading, type Refusal, readDnsName } from '../pki/dns-name.ts';
import { formatIpRange, parseIpAddress, parseIpRange } from '../pki/ip-address.ts';

/** One thing that `--permit` allows: a name with everything below it, or a range of addresses. */
export type Permitted =
  | { readonly kind: 'name'; readonly value: string }
  | { readonly kind: 'range'; readonly value: string };

/** Reads values of `--permit`. All bad ones are in one DEVCA_CONSTRAINT_INVALID. */
export function parsePermitted(texts: readonly string[]): readonly Permitted[] {
  const permitted: Permitted[] = [];
  const problems: ({ value: string } & Refusal)[] = [];
  for (const text of texts) {
    const reading = readPermitted(text);
    if ('value' in reading) permitted.push(reading.value);
    else problems.push({ value: text, ...reading });
  }
  if (problems.length > 0) throw new DevcaError('DEVCA_CONSTRAINT_INVALID', { problems });
  return permitted;
}

function readPermitted(text: string): Reading<Permitted> {
  const address = text.split('/')[0] ?? '';
  if (parseIpAddress(address) !== undefined) return readRange(text);
  if (text.includes('@'))
    return { reason: 'it is an e-mail address', hint: `give "${text.split('@').at(-1)}"` };
  const reading = readDnsName(text);
  if (!('value' in reading)) return reading;
  if (reading.value.startsWith('*.')) {
    const hint = `give "${reading.value.slice(2)}": names below it are permitted too`;
    return { reason: 'a wildcard is not needed', hint };
  }
  return { value: { kind: 'name', value: reading.value } };
}

function readRange(text: string): Reading<Permitted> {
  const bytes = parseIpRange(text);
  if (bytes === undefined) return { reason: 'its prefix length is wrong' };
  const value = formatIpRange(bytes);
  const half = bytes.length / 2;
  const given = parseIpAddress(text.split('/')[0] ?? '') ?? new Uint8Array();
  if (!given.every((octet, index) => octet === bytes.subarray(0, half)[index]))
    return { reason: 'the address has bits beyond its prefix', hint: `give "${value}"` };
  return { value: { kind: 'range', value } };
}
