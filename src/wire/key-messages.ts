import type { ByteReader } from './byte-reader.ts';
import { extensionValue, parseExtensions } from './extension-list.ts';
import type { ClientKeyExchange, NewSessionTicket, ServerKeyExchange } from './handshake-message.ts';
import { type SuiteKeyExchange, suiteKeyExchange } from './tables/cipher-suites.ts';
import { type CodePoint, codePoint, GROUPS, SIGNATURE_SCHEMES } from './tables/code-points.ts';

/** RFC 5246 section 7.4.3, RFC 8422 section 5.4, RFC 4279 and 5489 for pre-shared keys. */
export function parseServerKeyExchange(
  reader: ByteReader,
  version: number,
  suite: number,
): ServerKeyExchange {
  const exchange = suiteKeyExchange(suite);
  const pskHint = exchange.endsWith('psk') ? text(reader.vector(2)) : undefined;
  const parameters = keyParameters(reader, exchange);
  const signature = parameters === undefined || reader.remaining === 0 ? {} : signatureOf(reader, version);
  if (exchange === 'other') reader.rest();
  reader.end();
  return {
    type: 'server_key_exchange',
    ...(pskHint === undefined ? {} : { pskHint }),
    ...parameters,
    ...signature,
  };
}

export function parseClientKeyExchange(reader: ByteReader, suite: number): ClientKeyExchange {
  const exchangeBytes = reader.remaining;
  const pskIdentity = suiteKeyExchange(suite).endsWith('psk') ? text(reader.vector(2)) : undefined;
  return {
    type: 'client_key_exchange',
    exchangeBytes,
    ...(pskIdentity === undefined ? {} : { pskIdentity }),
  };
}

export function parseNewSessionTicket(reader: ByteReader, version: number): NewSessionTicket {
  const lifetimeSeconds = reader.uint32();
  if (version < 0x0304) {
    const ticketBytes = reader.vector(2).length;
    reader.end();
    return { type: 'new_session_ticket', lifetimeSeconds, ticketBytes, extensions: [] };
  }
  reader.uint32();
  reader.vector(1);
  const ticketBytes = reader.vector(2, 1).length;
  const extensions = parseExtensions(reader, 'new_session_ticket');
  reader.end();
  const maxEarlyDataSize = extensionValue(extensions, 'early_data')?.maxEarlyDataSize;
  return {
    type: 'new_session_ticket',
    lifetimeSeconds,
    ticketBytes,
    extensions,
    ...(maxEarlyDataSize === undefined ? {} : { maxEarlyDataSize }),
  };
}

interface KeyParameters {
  readonly group?: CodePoint;
  readonly primeBits?: number;
  readonly publicBytes: number;
}

const NAMED_CURVE = 3;

function keyParameters(reader: ByteReader, exchange: SuiteKeyExchange): KeyParameters | undefined {
  if (exchange.startsWith('ecdhe')) {
    const kind = reader.uint8();
    if (kind !== NAMED_CURVE) reader.fail(`a curve of type ${kind}, where RFC 8422 allows named curves only`);
    const group = codePoint(GROUPS, reader.uint16());
    return { group, publicBytes: reader.vector(1, 1).length };
  }
  if (exchange.startsWith('dhe')) {
    const primeBits = bitLength(reader.vector(2, 1));
    reader.vector(2, 1);
    return { primeBits, publicBytes: reader.vector(2, 1).length };
  }
  return undefined;
}

function signatureOf(reader: ByteReader, version: number): { scheme?: CodePoint; signatureBytes: number } {
  const scheme = version >= 0x0303 ? codePoint(SIGNATURE_SCHEMES, reader.uint16()) : undefined;
  const signatureBytes = reader.vector(2).length;
  return { signatureBytes, ...(scheme === undefined ? {} : { scheme }) };
}

function bitLength(number: Uint8Array): number {
  const first = number.findIndex((byte) => byte !== 0);
  if (first < 0) return 0;
  return (number.length - first) * 8 - (Math.clz32(number[first] ?? 0) - 24);
}

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8');
