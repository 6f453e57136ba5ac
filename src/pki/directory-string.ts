import { type DerElement, isAscii, latin1, TAG } from './der-reader.ts';

/**
 * The text of a string value of whichever ASN.1 string type; undefined where the type is no string type.
 * Throws nothing: a value that is malformed for its type gives `false`.
 */
export function decodeDirectoryString({ tag, contents }: DerElement): string | undefined | false {
  switch (tag) {
    case TAG.utf8String:
      return decodeUtf8(contents);
    case TAG.printableString:
      return matching(PRINTABLE, latin1(contents));
    case TAG.numericString:
      return matching(/^[0-9 ]*$/, latin1(contents));
    case TAG.ia5String:
    case TAG.visibleString:
      return matching(/^[\0-\x7f]*$/, latin1(contents));
    // T.61 was never implemented as written: everyone, OpenSSL and Go included, reads it as Latin-1.
    case TAG.teletexString:
      return latin1(contents);
    case TAG.bmpString:
      return decodeUnits(contents, 2);
    case TAG.universalString:
      return decodeUnits(contents, 4);
    default:
      return undefined;
  }
}

/**
 * Prepares a string for comparison (RFC 5280 section 7.1, which points to RFC 4518): mapped, normalized to NFKC,
 * case folded, without spaces at the ends and with single spaces inside.
 */
export function prepareString(text: string): string {
  const folded = /^[\x20-\x7e]*$/.test(text) ? text.toLowerCase() : foldUnicode(text);
  return folded.includes(' ') ? folded.replaceAll(/ +/g, ' ').replaceAll(/^ | $/g, '') : folded;
}

// X.680 section 41.4, and * and & beside it, which many authorities put into PrintableString (Go takes them too).
const PRINTABLE = /^[A-Za-z0-9 '()+,\-./:=?*&]*$/;

// RFC 4518 section 2.2: characters that map to nothing, and those that map to a space.
const MAPPED_TO_NOTHING =
  /\u034f|[\ufe00-\ufe0f]|[\u180b-\u180d]|[\u00ad\u06dd\u070f\u1806\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2063\u206a-\u206f\ufeff\ufff9-\ufffc]|[\0-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]/gu;
const MAPPED_TO_SPACE = /[\t-\r\x85\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/gu;

// JavaScript lower-cases but does not fold: the two characters where that matters are mapped by hand.
function foldUnicode(text: string): string {
  return text
    .replaceAll(MAPPED_TO_NOTHING, '')
    .replaceAll(MAPPED_TO_SPACE, ' ')
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll('\u00df', 'ss')
    .replaceAll('\u03c2', '\u03c3')
    .normalize('NFKC');
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function decodeUtf8(bytes: Uint8Array): string | false {
  if (isAscii(bytes)) return latin1(bytes);
  try {
    return utf8.decode(bytes);
  } catch {
    return false;
  }
}

function decodeUnits(bytes: Uint8Array, width: number): string | false {
  if (bytes.length % width !== 0) return false;
  let text = '';
  for (let at = 0; at < bytes.length; at += width) {
    const codePoint = bytes.subarray(at, at + width).reduce((sum, octet) => sum * 256 + octet, 0);
    if (codePoint > 0x10ffff || (codePoint >= 0xd800 && codePoint <= 0xdfff)) return false;
    text += String.fromCodePoint(codePoint);
  }
  return text;
}

const matching = (pattern: RegExp, text: string): string | false => (pattern.test(text) ? text : false);
