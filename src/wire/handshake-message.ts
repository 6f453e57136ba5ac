import type { Extension } from './extension-list.ts';
import type { AuthorityName } from './extension-values.ts';
import type { CodePoint } from './tables/code-points.ts';

export interface ClientHello {
  readonly type: 'client_hello';
  readonly version: CodePoint;
  /** Hexadecimal. */
  readonly random: string;
  readonly sessionId: string;
  readonly cipherSuites: readonly CodePoint[];
  readonly compressionMethods: readonly CodePoint[];
  readonly extensions: readonly Extension[];
}

/** A hello_retry_request is a server_hello with a fixed random (RFC 8446 section 4.1.3). */
export interface ServerHello {
  readonly type: 'server_hello' | 'hello_retry_request';
  /** The version that was chosen: supported_versions where it was sent, else the legacy field. */
  readonly version: CodePoint;
  readonly random: string;
  readonly sessionId: string;
  readonly cipherSuite: CodePoint;
  readonly compressionMethod: CodePoint;
  readonly extensions: readonly Extension[];
  /** RFC 8446 section 4.1.3: a server of TLS 1.3 marks the random of an older hello. */
  readonly downgrade?: 'TLSv1.2' | 'TLSv1.1 or below';
}

export interface EncryptedExtensions {
  readonly type: 'encrypted_extensions';
  readonly extensions: readonly Extension[];
}

/** A certificate as it was sent. */
export interface SentCertificate {
  readonly der: Uint8Array;
  readonly extensions: readonly Extension[];
}

export interface CertificateMessage {
  readonly type: 'certificate';
  /** Hexadecimal; not empty only in answer to a post-handshake request. */
  readonly context: string;
  readonly certificates: readonly SentCertificate[];
}

export interface CompressedCertificate {
  readonly type: 'compressed_certificate';
  readonly algorithm: CodePoint;
  readonly uncompressedBytes: number;
  readonly compressedBytes: number;
  /** What was inside, where the runtime can decompress it. */
  readonly certificates: readonly SentCertificate[];
}

export interface CertificateRequest {
  readonly type: 'certificate_request';
  readonly context: string;
  /** Before TLS 1.3 only. */
  readonly certificateTypes: readonly CodePoint[];
  readonly schemes: readonly CodePoint[];
  readonly authorities: readonly AuthorityName[];
  readonly extensions: readonly Extension[];
}

export interface CertificateVerify {
  readonly type: 'certificate_verify';
  /** `undefined` before TLS 1.2, where it is not said. */
  readonly scheme?: CodePoint;
  readonly signatureBytes: number;
}

export interface CertificateStatus {
  readonly type: 'certificate_status';
  readonly responseBytes: number;
}

export interface ServerKeyExchange {
  readonly type: 'server_key_exchange';
  readonly group?: CodePoint;
  /** Bits of the Diffie-Hellman prime. */
  readonly primeBits?: number;
  readonly publicBytes?: number;
  readonly scheme?: CodePoint;
  readonly signatureBytes?: number;
  readonly pskHint?: string;
}

export interface ClientKeyExchange {
  readonly type: 'client_key_exchange';
  readonly exchangeBytes: number;
  readonly pskIdentity?: string;
}

export interface NewSessionTicket {
  readonly type: 'new_session_ticket';
  readonly lifetimeSeconds: number;
  readonly ticketBytes: number;
  /** TLS 1.3: how much data may be sent before the handshake is done. */
  readonly maxEarlyDataSize?: number;
  readonly extensions: readonly Extension[];
}

export interface Finished {
  readonly type: 'finished';
  readonly verifyDataBytes: number;
}

export interface KeyUpdate {
  readonly type: 'key_update';
  readonly updateRequested: boolean;
}

/** Messages without contents, and those that are known by name only. */
export interface OtherMessage {
  readonly type: 'other';
  readonly name: string;
  readonly contentBytes: number;
}

export type HandshakeMessage =
  | ClientHello
  | ServerHello
  | EncryptedExtensions
  | CertificateMessage
  | CompressedCertificate
  | CertificateRequest
  | CertificateVerify
  | CertificateStatus
  | ServerKeyExchange
  | ClientKeyExchange
  | NewSessionTicket
  | Finished
  | KeyUpdate
  | OtherMessage;

/** The message's name in RFC 8446's snake_case. */
export function messageName(message: HandshakeMessage): string {
  return message.type === 'other' ? message.name : message.type;
}
