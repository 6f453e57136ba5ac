import { ALERTS } from '../wire/tables/code-points.ts';

/** Why one end refuses the other. */
export type Reason =
  | 'no-client-certificate'
  | 'unknown-ca'
  | 'signature-invalid'
  | 'self-signed'
  | 'missing-intermediate'
  | 'expired'
  | 'not-yet-valid'
  | 'wrong-name'
  | 'wrong-usage'
  | 'outside-constraint'
  | 'revoked'
  | 'protocol-version';

/**
 * What one end of a handshake saw: that all went well and a byte came from the other end, why it refused the other
 * end, the alert by which the other end refused it, or that the other end was gone before it had sent a byte.
 */
export type Seen = 'accepted' | Reason | `alert:${string}` | 'closed' | 'timed-out' | `error:${string}`;

export interface Observation {
  readonly seen: Seen;
  /** The words of the TLS library, where it had any. */
  readonly detail?: string;
  /** The rest is of the last connection, and only where it was accepted. */
  readonly protocol?: string;
  readonly alpn?: string;
  readonly resumed?: boolean;
}

/** A refusal, a close or an accident, from the error that the runtime reports. */
export function seenFromError(thrown: unknown): Observation {
  const { code, name = 'unknown', message = String(thrown) }: ErrorLike = thrown ?? {};
  return seenFrom(code ?? name, message);
}

interface ErrorLike {
  readonly code?: string;
  readonly name?: string;
  readonly message?: string;
}

function seenFrom(code: string, message: string): Observation {
  const detail = wordsOf(message);
  const alert = /SSL alert number (\d+)/.exec(message)?.[1];
  if (alert !== undefined) return { seen: alertSeen(Number(alert)), detail };
  if (GONE.includes(code)) return { seen: 'closed', detail };
  return { seen: reasonOfCode(code, message) ?? `error:${code}`, detail };
}

/** A refusal by the code alone, as a server has it of its client's certificate. */
export const seenFromCode = (code: string): Observation => ({
  seen: reasonOfCode(code, '') ?? `error:${code}`,
  detail: code,
});

export const alertSeen = (number: number): Seen => `alert:${ALERTS.get(number) ?? `unknown_${number}`}`;

/** The reason for a result of OpenSSL's verification, by its number (`X509_V_ERR_*` in openssl/x509_vfy.h). */
export const reasonOfVerifyResult = (number: number): Reason | undefined => VERIFY_RESULTS[number];

/** The reason in the words of OpenSSL's verification, which the programs that stand on it repeat. */
export const reasonOfText = (text: string): Reason | undefined =>
  REASON_OF_WORDS.find(([words]) => words.test(text))?.[1];

/** Alerts that tell the refused end of a reason: RFC 8446 section 6.2, and what OpenSSL makes of it. */
export function alertsFor(reason: Reason): readonly Seen[] {
  const alerts = ['certificate_unknown', 'bad_certificate', ...(REASON_ALERTS[reason] ?? [])];
  return alerts.map((name): Seen => `alert:${name}`);
}

const REASON_ALERTS: Readonly<Partial<Record<Reason, readonly string[]>>> = {
  'unknown-ca': ['unknown_ca'],
  'signature-invalid': ['decrypt_error'],
  'self-signed': ['unknown_ca'],
  'missing-intermediate': ['unknown_ca'],
  expired: ['certificate_expired'],
  'wrong-usage': ['unsupported_certificate'],
  revoked: ['certificate_revoked'],
};

const REASON_OF_WORDS: readonly (readonly [words: RegExp, reason: Reason])[] = [
  [/self-signed certificate in certificate chain/, 'unknown-ca'],
  [/self-signed certificate/, 'self-signed'],
  [/unable to get (local )?issuer certificate/, 'unknown-ca'],
  // curl repeats what the library complained about last, which is then the arithmetic.
  [
    /certificate signature failure|routines::(EVP lib|bad signature)|provider signature failure/,
    'signature-invalid',
  ],
  [/certificate has expired/, 'expired'],
  [/certificate is not yet valid/, 'not-yet-valid'],
  [/unsuitable certificate purpose/, 'wrong-usage'],
  [/(permitted|excluded) subtree violation/, 'outside-constraint'],
  [/certificate revoked/, 'revoked'],
  [/(does not match|matches) target (host name|ipv[46] address)/i, 'wrong-name'],
  [/peer did not return a certificate/, 'no-client-certificate'],
  [/unsupported protocol/, 'protocol-version'],
];

/** The other end is gone without an alert, as Node does it when it refuses a certificate. */
const GONE: readonly string[] = ['ECONNRESET', 'EPIPE', 'ERR_STREAM_PREMATURE_CLOSE'];

const VERIFY_RESULTS: Readonly<Record<number, Reason>> = {
  2: 'unknown-ca',
  7: 'signature-invalid',
  9: 'not-yet-valid',
  10: 'expired',
  18: 'self-signed',
  19: 'unknown-ca',
  20: 'unknown-ca',
  21: 'missing-intermediate',
  23: 'revoked',
  26: 'wrong-usage',
  47: 'outside-constraint',
  48: 'outside-constraint',
  62: 'wrong-name',
  64: 'wrong-name',
};

const REASON_OF_CODE: Readonly<Record<string, Reason>> = {
  UNABLE_TO_GET_ISSUER_CERT: 'unknown-ca',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'unknown-ca',
  SELF_SIGNED_CERT_IN_CHAIN: 'unknown-ca',
  // Only where the end entity came alone; otherwise the one before is reported.
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'missing-intermediate',
  CERT_SIGNATURE_FAILURE: 'signature-invalid',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'self-signed',
  CERT_HAS_EXPIRED: 'expired',
  CERT_NOT_YET_VALID: 'not-yet-valid',
  ERR_TLS_CERT_ALTNAME_INVALID: 'wrong-name',
  HOSTNAME_MISMATCH: 'wrong-name',
  INVALID_PURPOSE: 'wrong-usage',
  PERMITTED_VIOLATION: 'outside-constraint',
  EXCLUDED_VIOLATION: 'outside-constraint',
  CERT_REVOKED: 'revoked',
  ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE: 'no-client-certificate',
  ERR_SSL_UNSUPPORTED_PROTOCOL: 'protocol-version',
};

/** Node has no code of its own for a violated constraint, only the message. */
function reasonOfCode(code: string, message: string): Reason | undefined {
  if (/^(permitted|excluded) subtree violation/.test(message)) return 'outside-constraint';
  return REASON_OF_CODE[code];
}

/** Of `thread:error:code:library:function:reason:file:line:data`, which OpenSSL writes, only the reason says something. */
function wordsOf(message: string): string {
  const [line = ''] = message.split('\n');
  return /^[0-9A-F]+:error:[0-9A-F]+:[^:]*:[^:]*:([^:]+):/.exec(line)?.[1] ?? line;
}
