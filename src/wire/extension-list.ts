import { isDevcaError } from '../errors/devca-error.ts';
import { bytesToHex } from '../pki/fingerprint.ts';
import { ByteReader } from './byte-reader.ts';
import { EXTENSION_PARSERS, type ExtensionPlace, type ExtensionValues } from './extension-values.ts';
import { type CodePoint, codePoint, EXTENSIONS } from './tables/code-points.ts';

/** One extension: decoded where its form is known, in hexadecimal where it is not. */
export interface Extension {
  readonly type: CodePoint;
  /** Length of its contents. */
  readonly bytes: number;
  readonly value: unknown;
  /** Why the contents could not be read. */
  readonly malformed?: string;
}

/** No message can hold more with four bytes each, but a bound on work is better stated than derived. */
const EXTENSION_LIMIT = 512;

/** Reads an extension block with its 16-bit length. Contents that cannot be read are kept and marked. */
export function parseExtensions(reader: ByteReader, place: ExtensionPlace): readonly Extension[] {
  const block = reader.nested(2, `${reader.what} extensions`);
  const extensions: Extension[] = [];
  while (block.remaining > 0) {
    if (extensions.length >= EXTENSION_LIMIT) block.fail(`more than ${EXTENSION_LIMIT} extensions`);
    const type = codePoint(EXTENSIONS, block.uint16());
    extensions.push(parseExtension(type, block.vector(2), place));
  }
  return extensions;
}

/** The decoded value of an extension, or `undefined` where it was not sent or cannot be read. */
export function extensionValue<Name extends keyof ExtensionValues>(
  extensions: readonly Extension[] | undefined,
  name: Name,
): ExtensionValues[Name] | undefined {
  const found = extensions?.find((extension) => extension.type.name === name);
  if (found === undefined || found.malformed !== undefined) return undefined;
  return found.value as ExtensionValues[Name];
}

export function hasExtension(extensions: readonly Extension[] | undefined, name: string): boolean {
  return extensions?.some((extension) => extension.type.name === name) ?? false;
}

function parseExtension(type: CodePoint, contents: Uint8Array, place: ExtensionPlace): Extension {
  const bytes = contents.length;
  const parse = (EXTENSION_PARSERS as Readonly<Record<string, ExtensionParser>>)[type.name];
  if (parse === undefined)
    return { type, bytes, value: { hex: bytesToHex(contents.subarray(0, HEX_LIMIT)) } };
  const reader = new ByteReader(contents, `${type.name} extension`);
  try {
    const value = parse(reader, place);
    reader.end();
    return { type, bytes, value };
  } catch (error) {
    if (!isDevcaError(error, 'DEVCA_WIRE_MALFORMED')) throw error;
    const malformed = error.message;
    return { type, bytes, value: { hex: bytesToHex(contents.subarray(0, HEX_LIMIT)) }, malformed };
  }
}

type ExtensionParser = (reader: ByteReader, place: ExtensionPlace) => unknown;

/** How much of an unknown extension is kept. */
const HEX_LIMIT = 256;
