import { domainToASCII, domainToUnicode } from 'node:url';

/** RFC 1035 section 2.3.4. */
const LONGEST_NAME = 253;
const LONGEST_LABEL = 63;
/** What is longer than this is not looked at any further. */
const LONGEST_INPUT = 2048;

/** Characters of a host name, and the dots that UTS 46 takes for one. */
const HOST_NAME_CHARACTERS = /^[A-Za-z0-9_.*\u0080-\uffff-]+$/;

/** What was read, or why it cannot be a name and what could be given instead. */
export type Reading<T> = { readonly value: T } | Refusal;
export interface Refusal {
  readonly reason: string;
  readonly hint?: string;
}

/**
 * Reads a DNS name as a person types it and gives it as a certificate holds it: A-labels, lower case (RFC 5280
 * section 7.2). A wildcard is the whole first label (RFC 9525 section 6.3). Underscores pass: container and service
 * names have them.
 */
export function readDnsName(text: string): Reading<string> {
  if (text === '') return { reason: 'it is empty' };
  if (text.length > LONGEST_INPUT) return tooLong(text);
  if (!HOST_NAME_CHARACTERS.test(text)) return { reason: unexpectedCharacter(text) };
  const name = toALabels(text);
  if (name === undefined) return { reason: 'UTS 46 has no A-label form of it' };
  if (name.length > LONGEST_NAME) return tooLong(name);
  if (name.endsWith('.')) return withHint('it ends with a dot', name.slice(0, -1));
  if (name.startsWith('.')) return withHint('it begins with a dot', name.slice(1));
  const labels = name.split('.');
  for (const [index, label] of labels.entries()) {
    const refusal = label === '*' && index === 0 ? undefined : refuseLabel(label, index);
    if (refusal !== undefined) return refusal;
  }
  if (labels.length === 1 && name === '*') return { reason: 'a wildcard alone would stand for every name' };
  // The WHATWG URL standard takes a host whose last label is a number for an IPv4 address, so no browser asks for it.
  if (/^(\d+|0x[0-9a-f]*)$/.test(labels.at(-1) ?? ''))
    return { reason: 'it looks like an IPv4 address, but is none' };
  return { value: name };
}

/** The name as a person reads it: U-labels. */
export function toUnicode(name: string): string {
  return name.includes('xn--') ? domainToUnicode(name) || name : name;
}

function toALabels(text: string): string | undefined {
  const isAscii = /^[\u0000-\u007f]*$/.test(text);
  if (isAscii) return text.toLowerCase();
  const name = domainToASCII(text);
  return name === '' ? undefined : name;
}

function refuseLabel(label: string, index: number): Refusal | undefined {
  if (label === '') return { reason: 'it has an empty label' };
  if (label.length > LONGEST_LABEL)
    return {
      reason: `the label "${label.slice(0, 12)}..." has ${label.length} characters, and ${LONGEST_LABEL} is the limit`,
    };
  if (label.includes('*')) {
    return index === 0
      ? { reason: 'a wildcard must be the whole first label', hint: 'write it as "*.NAME"' }
      : { reason: 'a wildcard can stand only for the first label' };
  }
  if (!/^[a-z0-9_-]+$/.test(label)) return { reason: unexpectedCharacter(label) };
  if (label.startsWith('-') || label.endsWith('-'))
    return { reason: `the label "${label}" begins or ends with a hyphen` };
  return label.startsWith('xn--') ? refuseALabel(label) : undefined;
}

/** RFC 5891 section 5.4: an A-label must come from a U-label, and give it back. */
function refuseALabel(label: string): Refusal | undefined {
  const unicode = domainToUnicode(label);
  if (unicode === '' || unicode === label || domainToASCII(unicode) !== label)
    return { reason: `the label "${label}" is not valid punycode` };
  if (unicode.startsWith('-') || unicode.endsWith('-'))
    return { reason: `the label "${unicode}" begins or ends with a hyphen` };
  return undefined;
}

function tooLong(text: string): Refusal {
  return { reason: `it has ${text.length} characters, and ${LONGEST_NAME} is the limit` };
}

function unexpectedCharacter(text: string): string {
  const character = [...text].find((each) => !HOST_NAME_CHARACTERS.test(each)) ?? '';
  if (character === ' ') return 'it has a space in it';
  if (/[\u0000-\u001f\u007f]/.test(character)) return 'it has a control character in it';
  return `"${character}" cannot be in a host name`;
}

function withHint(reason: string, better: string): Refusal {
  const reading = readDnsName(better);
  return 'value' in reading ? { reason, hint: `give "${better}"` } : { reason };
}
