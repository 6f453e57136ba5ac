import { bytesToHex } from '../pki/fingerprint.ts';
import type { ByteReader } from './byte-reader.ts';
import { nameText } from './served-name.ts';
import {
  CERTIFICATE_COMPRESSION,
  type CodePoint,
  codePoint,
  GROUPS,
  POINT_FORMATS,
  PSK_MODES,
  SIGNATURE_SCHEMES,
  VERSIONS,
} from './tables/code-points.ts';

/** The message that carries an extension: the same extension has another form in each. */
export type ExtensionPlace =
  | 'client_hello'
  | 'server_hello'
  | 'hello_retry_request'
  | 'encrypted_extensions'
  | 'certificate'
  | 'certificate_request'
  | 'new_session_ticket';

export type ExtensionValues = {
  [Name in keyof typeof EXTENSION_PARSERS]: ReturnType<(typeof EXTENSION_PARSERS)[Name]>;
};

const empty = (_reader: ByteReader): Record<string, never> => ({});

const latin1 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');

/** How each extension is read. What is missing here is kept by number and in hexadecimal. */
export const EXTENSION_PARSERS = {
  server_name: (reader: ByteReader): { names: string[] } => {
    // A server that has used the name answers with an empty extension (RFC 6066 section 3).
    if (reader.remaining === 0) return { names: [] };
    const list = reader.nested(2, reader.what);
    const names: string[] = [];
    while (list.remaining > 0) {
      const kind = list.uint8();
      const name = list.vector(2, 1);
      if (kind === 0) names.push(latin1(name));
    }
    return { names };
  },
  max_fragment_length: (reader: ByteReader): { bytes: number } => {
    const code = reader.uint8();
    return code >= 1 && code <= 4 ? { bytes: 256 << code } : reader.fail(`a code ${code}`);
  },
  status_request: (
    reader: ByteReader,
    place: ExtensionPlace,
  ): { status?: 'ocsp' | number; response?: number } => {
    if (place !== 'client_hello' && place !== 'certificate') {
      reader.rest();
      return {};
    }
    const status = reader.uint8() === 1 ? 'ocsp' : 0;
    if (place === 'certificate') return { status, response: reader.vector(3, 1).length };
    reader.vector(2);
    reader.vector(2);
    return { status };
  },
  supported_groups: (reader: ByteReader): { groups: CodePoint[] } => ({
    groups: reader.codes16(2, reader.what).map((code) => codePoint(GROUPS, code)),
  }),
  ec_point_formats: (reader: ByteReader): { formats: CodePoint[] } => ({
    formats: reader.codes8(1).map((code) => codePoint(POINT_FORMATS, code, 2)),
  }),
  signature_algorithms: (reader: ByteReader): { schemes: CodePoint[] } => schemes(reader),
  signature_algorithms_cert: (reader: ByteReader): { schemes: CodePoint[] } => schemes(reader),
  application_layer_protocol_negotiation: (reader: ByteReader): { protocols: string[] } => {
    const list = reader.nested(2, reader.what, 2);
    const protocols: string[] = [];
    while (list.remaining > 0) protocols.push(latin1(list.vector(1, 1)));
    return { protocols };
  },
  signed_certificate_timestamp: (reader: ByteReader): { timestamps: number } => {
    if (reader.remaining === 0) return { timestamps: 0 };
    const list = reader.nested(2, reader.what);
    let timestamps = 0;
    for (; list.remaining > 0; timestamps++) list.vector(2, 1);
    return { timestamps };
  },
  padding: (reader: ByteReader): { bytes: number } => ({ bytes: reader.rest().length }),
  encrypt_then_mac: empty,
  extended_master_secret: empty,
  post_handshake_auth: empty,
  compress_certificate: (reader: ByteReader): { algorithms: CodePoint[] } => ({
    algorithms: reader.codes16(1, reader.what).map((code) => codePoint(CERTIFICATE_COMPRESSION, code)),
  }),
  record_size_limit: (reader: ByteReader): { bytes: number } => ({ bytes: reader.uint16() }),
  delegated_credential: (
    reader: ByteReader,
    place: ExtensionPlace,
  ): { schemes: CodePoint[] } | { bytes: number } =>
    place === 'certificate' ? { bytes: reader.rest().length } : schemes(reader),
  session_ticket: (reader: ByteReader): { bytes: number } => ({ bytes: reader.rest().length }),
  pre_shared_key: (reader: ByteReader, place: ExtensionPlace): PreSharedKey => preSharedKey(reader, place),
  early_data: (reader: ByteReader, place: ExtensionPlace): { maxEarlyDataSize?: number } =>
    place === 'new_session_ticket' ? { maxEarlyDataSize: reader.uint32() } : {},
  supported_versions: (reader: ByteReader, place: ExtensionPlace): { versions: CodePoint[] } => {
    const codes = place === 'client_hello' ? reader.codes16(1, reader.what) : [reader.uint16()];
    return { versions: codes.map((code) => codePoint(VERSIONS, code)) };
  },
  cookie: (reader: ByteReader): { bytes: number } => ({ bytes: reader.vector(2, 1).length }),
  psk_key_exchange_modes: (reader: ByteReader): { modes: CodePoint[] } => ({
    modes: reader.codes8(1).map((code) => codePoint(PSK_MODES, code, 2)),
  }),
  certificate_authorities: (reader: ByteReader): { authorities: AuthorityName[] } => ({
    authorities: authorityNames(reader),
  }),
  key_share: (
    reader: ByteReader,
    place: ExtensionPlace,
  ): { shares: { group: CodePoint; bytes: number }[] } => {
    if (place === 'hello_retry_request')
      return { shares: [{ group: codePoint(GROUPS, reader.uint16()), bytes: 0 }] };
    const list = place === 'client_hello' ? reader.nested(2, reader.what) : reader;
    const shares: { group: CodePoint; bytes: number }[] = [];
    while (list.remaining > 0) {
      shares.push({ group: codePoint(GROUPS, list.uint16()), bytes: list.vector(2, 1).length });
      if (place !== 'client_hello') break;
    }
    return { shares };
  },
  renegotiation_info: (reader: ByteReader): { bytes: number } => ({ bytes: reader.vector(1).length }),
};

/** A distinguished name that a server accepts certificates from. */
export interface AuthorityName {
  /** RFC 4514 text. */
  readonly name: string;
  /** The DER of the name, in hexadecimal. */
  readonly der: string;
}

/** DistinguishedName certificate_authorities<0..2^16-1>, as in TLS 1.2's certificate_request and in 1.3's extension. */
export function authorityNames(reader: ByteReader): AuthorityName[] {
  const list = reader.nested(2, 'certificate_authorities');
  const authorities: AuthorityName[] = [];
  while (list.remaining > 0) {
    const der = list.vector(2, 1);
    authorities.push({ name: nameText(der), der: bytesToHex(der) });
  }
  return authorities;
}

type PreSharedKey =
  | { selected: number }
  | { identities: { bytes: number; obfuscatedAge: number }[]; binders: number };

function preSharedKey(reader: ByteReader, place: ExtensionPlace): PreSharedKey {
  if (place !== 'client_hello') return { selected: reader.uint16() };
  const list = reader.nested(2, reader.what, 7);
  const identities: { bytes: number; obfuscatedAge: number }[] = [];
  while (list.remaining > 0)
    identities.push({ bytes: list.vector(2, 1).length, obfuscatedAge: list.uint32() });
  const binderList = reader.nested(2, reader.what, 33);
  let binders = 0;
  for (; binderList.remaining > 0; binders++) binderList.vector(1, 32);
  return { identities, binders };
}

function schemes(reader: ByteReader): { schemes: CodePoint[] } {
  return { schemes: reader.codes16(2, reader.what).map((code) => codePoint(SIGNATURE_SCHEMES, code)) };
}
