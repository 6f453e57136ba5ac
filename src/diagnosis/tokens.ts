/**
 * Text as words: runs of letters and digits in lower case, everything else is a separator.
 * So `SSL_ERROR_BAD_CERT_DOMAIN`, `ssl error bad cert domain` and a message that a terminal has wrapped read alike.
 * Colour codes, JSON escapes and HTML entities separate too.
 */
export interface Tokens {
  readonly words: readonly string[];
  /** Where each word begins and ends in the text. */
  readonly starts: readonly number[];
  readonly ends: readonly number[];
  /** The line of each word, counted from 0; an escaped line break counts as one. */
  readonly lines: readonly number[];
}

/** Every alternative begins with another character and none can fail late, so the scan is linear. */
const PIECE =
  /\u001b\[[0-?]*[@-~]?|\\u001b\[[0-?]*[@-~]?|\\u[0-9a-fA-F]{4}|\\[nrt]|&#?[a-zA-Z0-9]{1,8};|\n|[\p{L}\p{N}]+/gu;

export function tokenize(text: string): Tokens {
  const words: string[] = [];
  const starts: number[] = [];
  const ends: number[] = [];
  const lines: number[] = [];
  let line = 0;
  for (const { 0: piece, index } of text.matchAll(PIECE)) {
    if (piece === '\n' || piece === '\\n') line += 1;
    else if (!/^[\u001b\\&]/.test(piece)) {
      words.push(piece.toLowerCase());
      starts.push(index);
      ends.push(index + piece.length);
      lines.push(line);
    }
  }
  return { words, starts, ends, lines };
}
