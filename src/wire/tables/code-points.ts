/** A code point of a TLS registry with its name; unknown ones keep their number in the name. */
export interface CodePoint {
  readonly code: number;
  readonly name: string;
}

/** Names a code point: by the table, as GREASE (RFC 8701), or by its number. */
export function codePoint(table: ReadonlyMap<number, string>, code: number, digits = 4): CodePoint {
  const name = table.get(code);
  if (name !== undefined) return { code, name };
  const hex = `0x${code.toString(16).padStart(digits, '0')}`;
  return { code, name: digits === 4 && isGrease(code) ? `GREASE (${hex})` : `unknown (${hex})` };
}

/** RFC 8701: 0x0a0a, 0x1a1a ... 0xfafa, which a sound peer ignores. */
export function isGrease(code: number): boolean {
  return (code & 0x0f0f) === 0x0a0a && code >> 8 === (code & 0xff);
}

/** Reads a table written as `code name` lines; codes are hexadecimal. */
export function codeTable(text: string): ReadonlyMap<number, string> {
  const table = new Map<number, string>();
  for (const item of text.trim().split(/\s*[,\n]\s*/)) {
    const [code, name] = item.split(' ');
    if (code !== undefined && name !== undefined) table.set(Number.parseInt(code, 16), name);
  }
  return table;
}

export const VERSIONS = codeTable(
  '0002 SSLv2, 0300 SSLv3, 0301 TLSv1, 0302 TLSv1.1, 0303 TLSv1.2, 0304 TLSv1.3',
);

/** RFC 8446 section 4 and the registry; 254 is the marker of an artificial hash message and never on the wire. */
export const MESSAGE_TYPES = codeTable(`
00 hello_request, 01 client_hello, 02 server_hello, 03 hello_verify_request, 04 new_session_ticket, 05 end_of_early_data,
06 hello_retry_request, 08 encrypted_extensions, 09 request_connection_id, 0a new_connection_id, 0b certificate,
0c server_key_exchange, 0d certificate_request, 0e server_hello_done, 0f certificate_verify, 10 client_key_exchange,
11 client_certificate_request, 14 finished, 15 certificate_url, 16 certificate_status, 17 supplemental_data,
18 key_update, 19 compressed_certificate, 1a ekt_key, 43 next_protocol, fe message_hash`);

/** RFC 8446 appendix B.2, RFC 5246 section 7.2 and SSL 3.0. */
export const ALERTS = codeTable(`
00 close_notify, 0a unexpected_message, 14 bad_record_mac, 15 decryption_failed, 16 record_overflow,
1e decompression_failure, 28 handshake_failure, 29 no_certificate, 2a bad_certificate, 2b unsupported_certificate,
2c certificate_revoked, 2d certificate_expired, 2e certificate_unknown, 2f illegal_parameter, 30 unknown_ca,
31 access_denied, 32 decode_error, 33 decrypt_error, 34 too_many_cids_requested, 3c export_restriction,
46 protocol_version, 47 insufficient_security, 50 internal_error, 56 inappropriate_fallback, 5a user_canceled,
64 no_renegotiation, 6d missing_extension, 6e unsupported_extension, 6f certificate_unobtainable,
70 unrecognized_name, 71 bad_certificate_status_response, 72 bad_certificate_hash_value, 73 unknown_psk_identity,
74 certificate_required, 75 general_error, 78 no_application_protocol, 79 ech_required`);

export const EXTENSIONS = codeTable(`
0000 server_name, 0001 max_fragment_length, 0002 client_certificate_url, 0003 trusted_ca_keys, 0004 truncated_hmac,
0005 status_request, 0006 user_mapping, 0007 client_authz, 0008 server_authz, 0009 cert_type, 000a supported_groups,
000b ec_point_formats, 000c srp, 000d signature_algorithms, 000e use_srtp, 000f heartbeat,
0010 application_layer_protocol_negotiation, 0011 status_request_v2, 0012 signed_certificate_timestamp,
0013 client_certificate_type, 0014 server_certificate_type, 0015 padding, 0016 encrypt_then_mac,
0017 extended_master_secret, 0018 token_binding, 0019 cached_info, 001a tls_lts, 001b compress_certificate,
001c record_size_limit, 001d pwd_protect, 001e pwd_clear, 001f password_salt, 0020 ticket_pinning,
0021 tls_cert_with_extern_psk, 0022 delegated_credential, 0023 session_ticket, 0024 TLMSP,
0029 pre_shared_key, 002a early_data, 002b supported_versions, 002c cookie, 002d psk_key_exchange_modes,
002f certificate_authorities, 0030 oid_filters, 0031 post_handshake_auth, 0032 signature_algorithms_cert,
0033 key_share, 0034 transparency_info, 0036 connection_id, 0037 external_id_hash, 0038 external_session_id,
0039 quic_transport_parameters, 003a ticket_request, 003b dnssec_chain, 003c sequence_number_encryption_algorithms,
003d rrc, 003e tls_flags, 3374 next_protocol_negotiation, 4469 application_settings_old, 44cd application_settings,
7550 channel_id, fd00 ech_outer_extensions, fe0d encrypted_client_hello, ff01 renegotiation_info`);

export const GROUPS = codeTable(`
0001 sect163k1, 0002 sect163r1, 0003 sect163r2, 0004 sect193r1, 0005 sect193r2, 0006 sect233k1, 0007 sect233r1,
0008 sect239k1, 0009 sect283k1, 000a sect283r1, 000b sect409k1, 000c sect409r1, 000d sect571k1, 000e sect571r1,
000f secp160k1, 0010 secp160r1, 0011 secp160r2, 0012 secp192k1, 0013 secp192r1, 0014 secp224k1, 0015 secp224r1,
0016 secp256k1, 0017 secp256r1, 0018 secp384r1, 0019 secp521r1, 001a brainpoolP256r1, 001b brainpoolP384r1,
001c brainpoolP512r1, 001d x25519, 001e x448, 001f brainpoolP256r1tls13, 0020 brainpoolP384r1tls13,
0021 brainpoolP512r1tls13, 0029 curveSM2, 0100 ffdhe2048, 0101 ffdhe3072, 0102 ffdhe4096, 0103 ffdhe6144,
0104 ffdhe8192, 0200 MLKEM512, 0201 MLKEM768, 0202 MLKEM1024, 11eb SecP256r1MLKEM768, 11ec X25519MLKEM768,
11ed SecP384r1MLKEM1024, 11ee curveSM2MLKEM768, 6399 X25519Kyber768Draft00, 639a SecP256r1Kyber768Draft00,
ff01 arbitrary_explicit_prime_curves, ff02 arbitrary_explicit_char2_curves`);

export const SIGNATURE_SCHEMES = codeTable(`
0101 rsa_pkcs1_md5, 0201 rsa_pkcs1_sha1, 0202 dsa_sha1, 0203 ecdsa_sha1, 0301 rsa_pkcs1_sha224, 0302 dsa_sha224,
0303 ecdsa_sha224, 0401 rsa_pkcs1_sha256, 0402 dsa_sha256, 0403 ecdsa_secp256r1_sha256, 0420 rsa_pkcs1_sha256_legacy,
0501 rsa_pkcs1_sha384, 0502 dsa_sha384, 0503 ecdsa_secp384r1_sha384, 0520 rsa_pkcs1_sha384_legacy,
0601 rsa_pkcs1_sha512, 0602 dsa_sha512, 0603 ecdsa_secp521r1_sha512, 0620 rsa_pkcs1_sha512_legacy, 0708 sm2sig_sm3,
0804 rsa_pss_rsae_sha256, 0805 rsa_pss_rsae_sha384, 0806 rsa_pss_rsae_sha512, 0807 ed25519, 0808 ed448,
0809 rsa_pss_pss_sha256, 080a rsa_pss_pss_sha384, 080b rsa_pss_pss_sha512, 081a ecdsa_brainpoolP256r1tls13_sha256,
081b ecdsa_brainpoolP384r1tls13_sha384, 081c ecdsa_brainpoolP512r1tls13_sha512, 0904 mldsa44, 0905 mldsa65,
0906 mldsa87`);

export const CLIENT_CERTIFICATE_TYPES = codeTable(`
01 rsa_sign, 02 dss_sign, 03 rsa_fixed_dh, 04 dss_fixed_dh, 05 rsa_ephemeral_dh, 06 dss_ephemeral_dh, 14 fortezza_dms,
40 ecdsa_sign, 41 rsa_fixed_ecdh, 42 ecdsa_fixed_ecdh, 43 gost_sign256, 44 gost_sign512`);

export const CERTIFICATE_COMPRESSION = codeTable('0001 zlib, 0002 brotli, 0003 zstd');

export const PSK_MODES = codeTable('00 psk_ke, 01 psk_dhe_ke');

export const POINT_FORMATS = codeTable(
  '00 uncompressed, 01 ansiX962_compressed_prime, 02 ansiX962_compressed_char2',
);

export const RECORD_TYPES = codeTable(
  '14 change_cipher_spec, 15 alert, 16 handshake, 17 application_data, 18 heartbeat, 19 tls12_cid, 1a ack',
);

export const COMPRESSION_METHODS = codeTable('00 null, 01 deflate, 40 lzs');
