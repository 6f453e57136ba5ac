import { ByteReader } from './byte-reader.ts';
import {
  parseCertificateMessage,
  parseCertificateRequest,
  parseCertificateStatus,
  parseCertificateVerify,
  parseCompressedCertificate,
} from './certificate-messages.ts';
import type { HandshakeMessage } from './handshake-message.ts';
import { parseClientHello, parseEncryptedExtensions, parseServerHello } from './hello-messages.ts';
import { parseClientKeyExchange, parseNewSessionTicket, parseServerKeyExchange } from './key-messages.ts';
import { codePoint, MESSAGE_TYPES } from './tables/code-points.ts';

/** What has been agreed so far, on which the form of later messages depends. */
export interface MessageContext {
  /** The chosen version, such as 0x0304. Before the server_hello: what the client offers. */
  readonly version: number;
  readonly cipherSuite: number;
}

/** Reads one whole handshake message without its header of four bytes. Throws DEVCA_WIRE_MALFORMED. */
export function parseMessage(code: number, body: Uint8Array, context: MessageContext): HandshakeMessage {
  const { name } = codePoint(MESSAGE_TYPES, code, 2);
  const reader = new ByteReader(body, name);
  const parse = PARSERS[name];
  return parse === undefined ? { type: 'other', name, contentBytes: body.length } : parse(reader, context);
}

const PARSERS: Readonly<Record<string, (reader: ByteReader, context: MessageContext) => HandshakeMessage>> = {
  client_hello: parseClientHello,
  server_hello: parseServerHello,
  encrypted_extensions: parseEncryptedExtensions,
  certificate: (reader, context) => parseCertificateMessage(reader, context.version >= 0x0304),
  compressed_certificate: parseCompressedCertificate,
  certificate_request: (reader, context) => parseCertificateRequest(reader, context.version),
  certificate_verify: (reader, context) => parseCertificateVerify(reader, context.version),
  certificate_status: parseCertificateStatus,
  server_key_exchange: (reader, context) =>
    parseServerKeyExchange(reader, context.version, context.cipherSuite),
  client_key_exchange: (reader, context) => parseClientKeyExchange(reader, context.cipherSuite),
  new_session_ticket: (reader, context) => parseNewSessionTicket(reader, context.version),
  finished: (reader) => ({ type: 'finished', verifyDataBytes: reader.rest().length }),
  key_update: (reader) => {
    const request = reader.uint8();
    if (request > 1) reader.fail(`a request_update of ${request}`);
    reader.end();
    return { type: 'key_update', updateRequested: request === 1 };
  },
};
