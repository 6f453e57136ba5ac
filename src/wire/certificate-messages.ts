import * as zlib from 'node:zlib';
import { isDevcaError } from '../errors/devca-error.ts';
import { bytesToHex } from '../pki/fingerprint.ts';
import { ByteReader } from './byte-reader.ts';
import { extensionValue, parseExtensions } from './extension-list.ts';
import { authorityNames } from './extension-values.ts';
import type {
  CertificateMessage,
  CertificateRequest,
  CertificateStatus,
  CertificateVerify,
  CompressedCertificate,
  SentCertificate,
} from './handshake-message.ts';
import {
  CERTIFICATE_COMPRESSION,
  CLIENT_CERTIFICATE_TYPES,
  codePoint,
  SIGNATURE_SCHEMES,
} from './tables/code-points.ts';

/** A longer chain is refused by every client, and each certificate costs work. */
const CERTIFICATE_LIMIT = 100;

/** What a compressed chain may become: twice what OpenSSL accepts of a peer. */
const DECOMPRESSED_LIMIT = 262_144;

export function parseCertificateMessage(reader: ByteReader, tls13: boolean): CertificateMessage {
  const context = tls13 ? bytesToHex(reader.vector(1)) : '';
  const list = reader.nested(3, 'certificate_list');
  const certificates: SentCertificate[] = [];
  while (list.remaining > 0) {
    if (certificates.length >= CERTIFICATE_LIMIT) list.fail(`more than ${CERTIFICATE_LIMIT} certificates`);
    const der = list.vector(3, 1);
    certificates.push({ der, extensions: tls13 ? parseExtensions(list, 'certificate') : [] });
  }
  reader.end();
  return { type: 'certificate', context, certificates };
}

/** RFC 8879. What the runtime cannot decompress is named and measured only. */
export function parseCompressedCertificate(reader: ByteReader): CompressedCertificate {
  const algorithm = codePoint(CERTIFICATE_COMPRESSION, reader.uint16());
  const uncompressedBytes = reader.uint24();
  const compressed = reader.vector(3, 1);
  reader.end();
  const certificates = decompressed(algorithm.code, compressed, uncompressedBytes);
  return {
    type: 'compressed_certificate',
    algorithm,
    uncompressedBytes,
    compressedBytes: compressed.length,
    certificates,
  };
}

export function parseCertificateRequest(reader: ByteReader, version: number): CertificateRequest {
  if (version >= 0x0304) {
    const context = bytesToHex(reader.vector(1));
    const extensions = parseExtensions(reader, 'certificate_request');
    reader.end();
    return {
      type: 'certificate_request',
      context,
      certificateTypes: [],
      schemes: extensionValue(extensions, 'signature_algorithms')?.schemes ?? [],
      authorities: extensionValue(extensions, 'certificate_authorities')?.authorities ?? [],
      extensions,
    };
  }
  const certificateTypes = reader.codes8(1).map((code) => codePoint(CLIENT_CERTIFICATE_TYPES, code, 2));
  const schemes =
    version === 0x0303
      ? reader.codes16(2, 'supported_signature_algorithms').map((code) => codePoint(SIGNATURE_SCHEMES, code))
      : [];
  const authorities = authorityNames(reader);
  reader.end();
  return { type: 'certificate_request', context: '', certificateTypes, schemes, authorities, extensions: [] };
}

export function parseCertificateVerify(reader: ByteReader, version: number): CertificateVerify {
  const scheme = version >= 0x0303 ? codePoint(SIGNATURE_SCHEMES, reader.uint16()) : undefined;
  const signatureBytes = reader.vector(2).length;
  reader.end();
  return { type: 'certificate_verify', signatureBytes, ...(scheme === undefined ? {} : { scheme }) };
}

/** RFC 6066 section 8. */
export function parseCertificateStatus(reader: ByteReader): CertificateStatus {
  reader.uint8();
  const responseBytes = reader.vector(3, 1).length;
  reader.end();
  return { type: 'certificate_status', responseBytes };
}

function decompressed(algorithm: number, bytes: Uint8Array, announced: number): readonly SentCertificate[] {
  const decompress = DECOMPRESSORS[algorithm];
  if (decompress === undefined || announced > DECOMPRESSED_LIMIT) return [];
  let plain: Uint8Array;
  try {
    plain = decompress(bytes, { maxOutputLength: DECOMPRESSED_LIMIT });
  } catch {
    // Not what it says it is, or a bomb; the message stays known by its sizes.
    return [];
  }
  try {
    return parseCertificateMessage(new ByteReader(plain, 'compressed_certificate'), true).certificates;
  } catch (error) {
    if (!isDevcaError(error)) throw error;
    return [];
  }
}

/** Through the namespace, as Zstandard came to the runtime in 22.15 and a named import would not link before. */
const DECOMPRESSORS: Readonly<
  Record<number, ((bytes: Uint8Array, options: { maxOutputLength: number }) => Uint8Array) | undefined>
> = { 1: zlib.inflateSync, 2: zlib.brotliDecompressSync, 3: zlib.zstdDecompressSync };
