import { DevcaError } from '../errors/devca-error.ts';

/** One block of a PEM text; `line` is the line of its BEGIN. */
export interface PemBlock {
  readonly label: string;
  readonly der: Uint8Array;
  readonly line: number;
}

/**
 * The blocks of a PEM text in their order (RFC 7468). Explanatory text around the blocks is skipped; within a
 * block only base64 is let through. `source` names the text in errors. No block at all is an empty list.
 */
export function decodePem(text: string, source: string): PemBlock[] {
  const blocks: PemBlock[] = [];
  let label: string | undefined;
  let beginLine = 0;
  let base64: string[] = [];
  for (const [index, rawLine] of text.split(/\r\n|\n|\r/).entries()) {
    const line = rawLine.trim();
    const fail = (reason: string): never => {
      throw new DevcaError('DEVCA_PEM_INVALID', { source, reason, line: index + 1 });
    };
    const begins = boundary('BEGIN', line);
    const ends = boundary('END', line);
    if (begins !== undefined) {
      if (label !== undefined) fail(`a new block begins before the ${label} of line ${beginLine} ends`);
      label = begins;
      beginLine = index + 1;
      base64 = [];
    } else if (ends !== undefined) {
      if (label === undefined) fail(`a ${ends} ends that has not begun`);
      if (label !== ends) fail(`a ${label} ends as ${ends}`);
      const der = decodeBase64(base64.join('')) ?? fail(`the base64 of the ${ends} is incomplete`);
      blocks.push({ label: ends, der, line: beginLine });
      label = undefined;
    } else if (label !== undefined) {
      if (/^[\w-]+:/.test(line)) fail(`the ${label} has headers, as old encrypted keys have`);
      if (!/^[A-Za-z0-9+/]*={0,2}$/.test(line)) fail(`the ${label} has characters that are not base64`);
      base64.push(line);
    }
  }
  if (label !== undefined) {
    throw new DevcaError('DEVCA_PEM_INVALID', { source, reason: `a ${label} does not end`, line: beginLine });
  }
  return blocks;
}

/** A PEM block with lines of 64 characters and a newline at the end. */
export function encodePem(label: string, der: Uint8Array): string {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n');
}

function boundary(word: 'BEGIN' | 'END', line: string): string | undefined {
  if (!line.startsWith(`-----${word} `) || !line.endsWith('-----')) return undefined;
  return line.slice(word.length + 6, -5);
}

function decodeBase64(text: string): Uint8Array | undefined {
  if (text === '' || text.length % 4 !== 0 || /=[^=]/.test(text)) return undefined;
  return new Uint8Array(Buffer.from(text, 'base64'));
}
