import { bytesToHex } from '../pki/fingerprint.ts';
import type { ByteReader } from './byte-reader.ts';
import { type Extension, extensionValue, parseExtensions } from './extension-list.ts';
import type { ClientHello, EncryptedExtensions, ServerHello } from './handshake-message.ts';
import { cipherSuite } from './tables/cipher-suites.ts';
import { COMPRESSION_METHODS, type CodePoint, codePoint, VERSIONS } from './tables/code-points.ts';

/** RFC 8446 section 4.1.2 and RFC 5246 section 7.4.1.2. */
export function parseClientHello(reader: ByteReader): ClientHello {
  const version = codePoint(VERSIONS, reader.uint16());
  const random = bytesToHex(reader.take(32));
  const sessionId = bytesToHex(sessionIdOf(reader));
  const cipherSuites = reader.codes16(2, 'cipher_suites').map(cipherSuite);
  const compressionMethods = reader.codes8(1).map((code) => codePoint(COMPRESSION_METHODS, code, 2));
  const extensions = reader.remaining > 0 ? parseExtensions(reader, 'client_hello') : [];
  reader.end();
  return { type: 'client_hello', version, random, sessionId, cipherSuites, compressionMethods, extensions };
}

export function parseServerHello(reader: ByteReader): ServerHello {
  const legacyVersion = codePoint(VERSIONS, reader.uint16());
  const random = bytesToHex(reader.take(32));
  const type = random === RETRY_RANDOM ? 'hello_retry_request' : 'server_hello';
  const sessionId = bytesToHex(sessionIdOf(reader));
  const suite = cipherSuite(reader.uint16());
  const compressionMethod = codePoint(COMPRESSION_METHODS, reader.uint8(), 2);
  const extensions = reader.remaining > 0 ? parseExtensions(reader, type) : [];
  reader.end();
  const version = extensionValue(extensions, 'supported_versions')?.versions[0] ?? legacyVersion;
  const downgrade = DOWNGRADES[random.slice(-16)];
  return {
    type,
    version,
    random,
    sessionId,
    cipherSuite: suite,
    compressionMethod,
    extensions,
    ...(downgrade === undefined ? {} : { downgrade }),
  };
}

export function parseEncryptedExtensions(reader: ByteReader): EncryptedExtensions {
  const extensions = parseExtensions(reader, 'encrypted_extensions');
  reader.end();
  return { type: 'encrypted_extensions', extensions };
}

/** Every version that a client offers, the highest first as it says. */
export function offeredVersions(hello: ClientHello): readonly CodePoint[] {
  return extensionValue(hello.extensions, 'supported_versions')?.versions ?? [hello.version];
}

/** The name that a client asks for. */
export function serverNameOf(hello: { readonly extensions: readonly Extension[] }): string | undefined {
  return extensionValue(hello.extensions, 'server_name')?.names[0];
}

/** SHA-256 of `HelloRetryRequest`. */
const RETRY_RANDOM = 'cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c';

/** `DOWNGRD` and a byte, the end of the random. */
const DOWNGRADES: Readonly<Record<string, 'TLSv1.2' | 'TLSv1.1 or below'>> = {
  '444f574e47524401': 'TLSv1.2',
  '444f574e47524400': 'TLSv1.1 or below',
};

function sessionIdOf(reader: ByteReader): Uint8Array {
  const sessionId = reader.vector(1);
  return sessionId.length <= 32
    ? sessionId
    : reader.fail(`a session id of ${sessionId.length} bytes, above 32`);
}
