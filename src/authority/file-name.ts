/**
 * The name that the files of a certificate begin with, as mkcert makes it: the first name with `:` as `_` and the
 * wildcard as `_wildcard`, `+2` where two more names follow, and the suffix of the profile. What could lead out of a
 * folder or be odd in a shell becomes `_`, so different names may give the same files.
 */
export function fileNameFor(names: readonly string[], suffix: string): string {
  const [first = '', ...further] = names;
  const plain = first
    .replace(/^\*/, '_wildcard')
    .replaceAll(/[^A-Za-z0-9._@+-]/g, '_')
    .replace(/^[.-]/, '_');
  // 255 bytes is what file systems allow; the longest ending is "-fullchain.pem".
  const cut = plain.slice(0, 200);
  return `${cut}${further.length > 0 ? `+${further.length}` : ''}${suffix}`;
}
