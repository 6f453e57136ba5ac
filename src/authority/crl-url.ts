import { DevcaError } from '../errors/devca-error.ts';

const SCHEMES: readonly string[] = ['http:', 'https:', 'ldap:'];

/**
 * Places of revocation lists as a certificate can name them, with what should be known about them. Throws DEVCA_CRL_URL.
 */
export function checkCrlUrls(urls: readonly string[]): {
  urls: readonly string[];
  warnings: readonly string[];
} {
  const checked = urls.map(checkUrl);
  const overTls = checked.filter((url) => url.startsWith('https:'));
  return {
    urls: [...new Set(checked)],
    warnings: overTls.map(
      (url) =>
        `"${url}" is fetched over TLS: where its own certificate has to be checked for revocation too, no client gets to an end (RFC 5280 section 8)`,
    ),
  };
}

function checkUrl(text: string): string {
  const fail = (reason: string) => new DevcaError('DEVCA_CRL_URL', { url: text.slice(0, 200), reason });
  // The type is IA5String, and a space or control would be read differently by every client.
  if (!/^[!-~]+$/.test(text)) throw fail('it has characters that a URL cannot have');
  if (text.length > LONGEST_URL)
    throw fail(`it has ${text.length} characters, and ${LONGEST_URL} is the limit`);
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined) throw fail('it is not a URL');
  if (!SCHEMES.includes(url.protocol)) throw fail('clients fetch lists over http, https or ldap');
  if (url.hostname === '') throw fail('it names no host');
  if (url.username !== '' || url.password !== '') throw fail('everyone could read the password in it');
  if (url.protocol === 'ldap:' && url.pathname.length < 2)
    throw fail('an LDAP URL needs the name of the entry that has the list (RFC 4516)');
  return text;
}

const LONGEST_URL = 2048;
