import { DevcaError } from '../errors/devca-error.ts';

const LONGEST_ALIAS = 128;

/** What an entry of a store may be called: a BMPString in PKCS#12, modified UTF-8 in JKS. Throws DEVCA_FORMAT_ALIAS. */
export function checkAlias(alias: string): string {
  const reason = reasonAgainst(alias);
  if (reason !== undefined) throw new DevcaError('DEVCA_FORMAT_ALIAS', { alias, reason });
  return alias;
}

/** The first of the names that can be an alias. */
export const usableAlias = (names: readonly string[]): string =>
  names.find((name) => reasonAgainst(name) === undefined) ?? 'devca';

function reasonAgainst(alias: string): string | undefined {
  if (alias.trim() === '') return 'it is empty';
  if (alias.length > LONGEST_ALIAS) return `it has more than ${LONGEST_ALIAS} characters`;
  if (/[\u0000-\u001f\u007f-\u009f]/.test(alias)) return 'it has a control character in it';
  if (/[\ud800-\udfff]/.test(alias)) return 'it has a character that stores cannot hold';
  return undefined;
}
