/**
 * Values of environment variables as words of the languages in which variables are set: one function per language, which
 * gives `undefined` for what cannot be said in it. `forShell` is that of POSIX shells.
 */

/** Between single quotes fish knows two escapes: https://fishshell.com/docs/current/language.html#quotes. */
export const forFish = (value: string): string | undefined =>
  isLine(value) ? `'${value.replaceAll(/['\\]/g, '\\$&')}'` : undefined;

/** A string, never a bare word, which would be a command; typographic apostrophes are apostrophes too. */
export const forPowerShellString = (value: string): string | undefined =>
  isLine(value) ? `'${value.replaceAll(/['\u2018\u2019\u201a\u201b]/g, '$&$&')}'` : undefined;

/** Within the quotes of `set "NAME=value"`, where percent and exclamation marks may be expanded and nothing stops that. */
export const forCmd = (value: string): string | undefined =>
  isLine(value) && !/["%!]/.test(value) ? value : undefined;

/**
 * For `.env` files, whose readers agree on plain words and, but for `docker run --env-file`, which takes quotes as they
 * are, on single quotes without anything special in them.
 */
export function forDotenv(value: string): string | undefined {
  if (/^[A-Za-z0-9_@%+=:,./-]+$/.test(value)) return value;
  return isLine(value) && !value.includes("'") ? `'${value}'` : undefined;
}

/** Nothing that ends a line, moves a cursor or is half a character. */
export const isLine = (value: string): boolean =>
  !/[\u0000-\u001f\u007f-\u009f\u2028\u2029]|\p{Surrogate}/u.test(value);
