import type { Side } from '../transcript.ts';

/** What is known of a handshake when an alert is read. */
export interface AlertSituation {
  readonly from: Side;
  readonly clientCertificateRequested: boolean;
  readonly clientCertificateSent: boolean;
}

/** What an alert means in this handshake, by who sent it. */
export function alertMeaning(name: string, situation: AlertSituation): string {
  const { from, clientCertificateRequested, clientCertificateSent } = situation;
  if (from === 'server' && clientCertificateRequested && !clientCertificateSent && NO_CERTIFICATE.has(name))
    return 'the server requires a client certificate and got none';
  const meaning = MEANINGS[name];
  if (meaning === undefined) return `the ${from} ended the handshake`;
  return typeof meaning === 'string' ? meaning : meaning[from];
}

/** How servers say that a client certificate is missing: TLS 1.3, TLS 1.2, Go before 1.20, GnuTLS over TLS 1.2. */
const NO_CERTIFICATE = new Set([
  'certificate_required',
  'handshake_failure',
  'bad_certificate',
  'decode_error',
]);

const MEANINGS: Readonly<Record<string, string | Readonly<Record<Side, string>>>> = {
  close_notify: { client: 'the client has finished', server: 'the server has finished' },
  unexpected_message: 'a message came that does not fit the state of the handshake',
  bad_record_mac: 'a record could not be decrypted: the keys differ, or bytes were changed on the way',
  record_overflow: 'a record was longer than TLS allows',
  handshake_failure: {
    client: 'the client found nothing acceptable in what the server chose',
    server:
      'the server found no cipher suite, group or signature scheme in common, or lacks a client certificate',
  },
  bad_certificate: {
    client:
      "the client refuses the server's certificate (Go says this for every reason, curl and Python for a wrong name)",
    server: 'the server refuses the client certificate (Go says this for every reason)',
  },
  unsupported_certificate: {
    client: "the server's certificate is not made for servers (extended key usage)",
    server: 'the client certificate is not made for clients (extended key usage)',
  },
  certificate_revoked: {
    client: "the server's certificate is revoked",
    server: 'the client certificate is revoked',
  },
  certificate_expired: {
    client: "the server's certificate has expired, or the client's clock is wrong",
    server: "the client certificate has expired, or the server's clock is wrong",
  },
  certificate_unknown: {
    client: "the client refuses the server's certificate (Java and Chromium say this for an unknown root)",
    server: 'the server refuses the client certificate (Java says this for an unknown root)',
  },
  illegal_parameter: 'a field has a value that is not allowed there',
  unknown_ca: {
    client: "the client does not trust the root of the server's certificate, or an intermediate is missing",
    server:
      'the server does not trust the root of the client certificate, an intermediate is missing, or a CRL is missing',
  },
  access_denied: 'the certificate is sound, but its owner may not come in',
  decode_error: 'a message could not be read',
  decrypt_error: 'a signature or Finished did not verify',
  protocol_version: {
    client: 'the client does not accept the version that the server chose',
    server: 'the server accepts none of the TLS versions that the client offered',
  },
  insufficient_security: 'the other side asks for stronger parameters',
  internal_error: 'the sender has a problem of its own; its log tells more',
  inappropriate_fallback: 'the client fell back to an older version, though the server knows a newer one',
  user_canceled: 'the user of the sender stopped the handshake',
  no_renegotiation: 'the sender does not negotiate again on this connection',
  missing_extension: 'an extension that must be there was not sent',
  unsupported_extension: 'an extension was answered that nobody asked for',
  unrecognized_name: 'the server has no certificate for this name (SNI)',
  bad_certificate_status_response: 'the stapled OCSP response is not valid',
  unknown_psk_identity: 'the session or key that was offered is not known any more',
  certificate_required: 'the server requires a client certificate and got none',
  no_application_protocol: 'the server speaks none of the application protocols (ALPN) that were offered',
  ech_required: 'the server refused the encrypted client hello',
};
