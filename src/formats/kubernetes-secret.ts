import { DevcaError } from '../errors/devca-error.ts';

/** RFC 1123 subdomain, which every name of a Secret is. */
const NAME = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/;

/** What a Secret may be called: the name as it stands where it was asked for, else one made from it. */
export function secretName(text: string, asGiven: boolean): string {
  if (asGiven) {
    if (NAME.test(text) && text.length <= 253) return text;
    const reason = 'a Secret is called by lower-case letters, digits, "-" and "." (RFC 1123)';
    throw new DevcaError('DEVCA_FORMAT_ALIAS', { alias: text, reason });
  }
  const labels = text
    .toLowerCase()
    .replaceAll(/[^a-z0-9.-]+/g, '-')
    .split('.')
    .map((label) => label.replace(/^-+|-+$/g, ''))
    .filter((label) => label !== '');
  return labels.join('.') || 'devca';
}

/**
 * A Secret of the type that Ingress, Gateway and cert-manager read, with the root in `ca.crt` as they expect it. All
 * values are base64 and the name is checked, so nothing in it needs YAML's quotes.
 */
export function secretDocument(name: string, pem: { chain: string; key: string; root: string }): string {
  return [
    'apiVersion: v1',
    'kind: Secret',
    'metadata:',
    // Quoted, since a name such as 127.0 or "true" would be no string.
    `  name: "${name}"`,
    'type: kubernetes.io/tls',
    'data:',
    `  tls.crt: ${base64(pem.chain)}`,
    `  tls.key: ${base64(pem.key)}`,
    `  ca.crt: ${base64(pem.root)}`,
    '',
  ].join('\n');
}

const base64 = (text: string): string => Buffer.from(text, 'latin1').toString('base64');
