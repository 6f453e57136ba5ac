import { describe, expect, it } from '@jest/globals';
import {
  alertsFor,
  reasonOfText,
  reasonOfVerifyResult,
  seenFromCode,
  seenFromError,
} from '../../../src/proof/seen.ts';

const error = (code: string, message: string) => Object.assign(new Error(message), { code });

describe('what an end saw, from an error of the runtime', () => {
  it.each([
    ['CERT_HAS_EXPIRED', 'certificate has expired', 'expired'],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'unable to verify the first certificate', 'missing-intermediate'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', "Hostname/IP does not match certificate's altnames", 'wrong-name'],
    ['UNSPECIFIED', 'permitted subtree violation', 'outside-constraint'],
    ['PERMITTED_VIOLATION', 'permitted subtree violation', 'outside-constraint'],
    ['ECONNRESET', 'socket hang up', 'closed'],
    ['EPIPE', 'write EPIPE', 'closed'],
    ['UNSPECIFIED', 'EE certificate key too weak', 'error:UNSPECIFIED'],
  ])('reads %s (%s) as %s', (code, message, seen) => {
    expect(seenFromError(error(code, message))).toEqual({ seen, detail: message });
  });

  it.each([
    ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', 116, 'alert:certificate_required'],
    ['ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE', 40, 'alert:handshake_failure'],
    ['ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE', 40, 'alert:handshake_failure'],
    ['ERR_SSL_TLSV1_ALERT_UNKNOWN_CA', 48, 'alert:unknown_ca'],
    ['ERR_SSL_SOMETHING', 211, 'alert:unknown_211'],
  ])('knows the alert in %s by its number', (code, number, seen) => {
    const message = `40DA:error:0A000410:SSL routines:ssl3_read_bytes:the alert:a.c:918:SSL alert number ${number}\n`;
    expect(seenFromError(error(code, message))).toEqual({ seen, detail: 'the alert' });
  });

  it('keeps a thrown value that is no error', () => {
    expect(seenFromError('nonsense')).toEqual({ seen: 'error:unknown', detail: 'nonsense' });
    expect(seenFromError(undefined)).toEqual({ seen: 'error:unknown', detail: 'undefined' });
  });

  it('reads the bare code of a server', () => {
    expect(seenFromCode('INVALID_PURPOSE').seen).toBe('wrong-usage');
    expect(seenFromCode('UNSPECIFIED').seen).toBe('error:UNSPECIFIED');
  });
});

describe('a reason in other words', () => {
  it.each([
    ['verify error:num=19:self-signed certificate in certificate chain', 'unknown-ca'],
    ['curl: (60) SSL certificate problem: self-signed certificate', 'self-signed'],
    ["curl: (60) SSL: no alternative certificate subject name matches target host name 'x'", 'wrong-name'],
    ["curl: (60) SSL: certificate subject name (x) does not match target host name 'y'", 'wrong-name'],
    ['routines:tls_process_client_certificate:peer did not return a certificate', 'no-client-certificate'],
    ['something else', undefined],
  ])('is found in "%s"', (text, reason) => {
    expect(reasonOfText(text)).toBe(reason);
  });

  it('is found by the number of a verification', () => {
    expect([23, 26, 47, 62, 99].map(reasonOfVerifyResult)).toEqual([
      'revoked',
      'wrong-usage',
      'outside-constraint',
      'wrong-name',
      undefined,
    ]);
  });
});

describe('alerts for a reason', () => {
  it('are its own and the general ones, never those of another reason', () => {
    expect(alertsFor('expired')).toContain('alert:certificate_expired');
    expect(alertsFor('expired')).not.toContain('alert:unknown_ca');
    expect(alertsFor('wrong-name')).toEqual(['alert:certificate_unknown', 'alert:bad_certificate']);
  });
});
