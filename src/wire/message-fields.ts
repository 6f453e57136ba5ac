import { bytesToHex } from '../pki/fingerprint.ts';
import type { Extension } from './extension-list.ts';
import type { SentCertificate } from './handshake-message.ts';
import { describeServedChain } from './served-chain.ts';
import type { TranscriptEntry } from './transcript.ts';

/** Values of JSON. */
export type JsonValue =
  | string
  | number
  | boolean
  | null
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue };

/** Every field of an entry, ready for JSON: code points by name, bytes in hexadecimal. */
export function entryFields(entry: TranscriptEntry): { readonly [key: string]: JsonValue } {
  if (entry.content === undefined) return {};
  const { type: _type, ...fields } = entry.content;
  return toJson(fields) as { readonly [key: string]: JsonValue };
}

function toJson(value: unknown): JsonValue {
  if (value === null || typeof value === 'string' || typeof value === 'boolean' || typeof value === 'number')
    return value;
  if (value instanceof Uint8Array) return bytesToHex(value);
  if (Array.isArray(value)) return jsonList(value);
  if (typeof value !== 'object') return null;
  if (isCodePoint(value)) return value.name;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, field]) => field !== undefined)
      .map(([key, field]) => [key, toJson(field)]),
  );
}

function jsonList(list: readonly unknown[]): JsonValue {
  if (list.every(isSentCertificate)) return certificatesJson(list);
  if (list.every(isExtension)) return extensionsJson(list);
  return list.map(toJson);
}

function certificatesJson(list: readonly SentCertificate[]): JsonValue {
  const { certificates } = describeServedChain(list.map(({ der }) => der));
  return certificates.map(({ subject, issuer, sha256, bytes }, index) => ({
    subject,
    issuer,
    sha256,
    bytes,
    extensions: extensionsJson(list[index]?.extensions ?? []),
  }));
}

/** By name, as each may stand in a message only once; what is known by number only keeps it in the name. */
function extensionsJson(extensions: readonly Extension[]): JsonValue {
  return extensions.map(({ type, bytes, value, malformed }) => ({
    code: type.code,
    name: type.name,
    bytes,
    value: toJson(value),
    ...(malformed === undefined ? {} : { malformed }),
  }));
}

function isCodePoint(value: object): value is { code: number; name: string } {
  return Object.keys(value).length === 2 && 'code' in value && 'name' in value;
}

const isSentCertificate = (value: unknown): value is SentCertificate =>
  typeof value === 'object' && value !== null && 'der' in value && value.der instanceof Uint8Array;

const isExtension = (value: unknown): value is Extension =>
  typeof value === 'object' && value !== null && 'type' in value && 'bytes' in value && 'value' in value;
