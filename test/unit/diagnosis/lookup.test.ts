import { describe, expect, it } from '@jest/globals';
import type { FaultMatch } from '../../../src/diagnosis/fault.ts';
import { faultOfAlert, faultOfNodeError, faultOfOpensslVerify } from '../../../src/diagnosis/lookup.ts';

const first = ([match]: readonly FaultMatch[]) => match && `${match.certainty} ${match.fault.code}`;

describe('faultOfAlert', () => {
  it('is about the client where the client received it, about the server where the server did', () => {
    expect(first(faultOfAlert('certificate_expired', 'client'))).toBe(
      'likely DEVCA_FAULT_CLIENT_CERT_EXPIRED',
    );
    expect(first(faultOfAlert('certificate_expired', 'server'))).toBe('likely DEVCA_FAULT_EXPIRED');
    expect(first(faultOfAlert(48, 'server'))).toBe('likely DEVCA_FAULT_UNKNOWN_CA');
    expect(first(faultOfAlert(70, 'client'))).toBe('certain DEVCA_FAULT_VERSION');
  });

  it('knows every alert of RFC 8446', () => {
    const numbers = [
      ...[0, 10, 20, 22, 40, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, 70, 71, 80, 86, 90],
      ...[109, 110, 112, 113, 115, 116, 120],
    ];
    for (const number of numbers)
      expect([number, faultOfAlert(number, 'client').length]).not.toEqual([number, 0]);
  });

  it('has nothing for what is no alert', () => {
    expect(faultOfAlert(200, 'client')).toEqual([]);
    expect(faultOfAlert('nonsense', 'server')).toEqual([]);
  });
});

describe('faultOfOpensslVerify', () => {
  it('is about the certificate that was verified', () => {
    expect(first(faultOfOpensslVerify(26))).toBe('likely DEVCA_FAULT_WRONG_EKU');
    expect(first(faultOfOpensslVerify(26, 'server'))).toBe('certain DEVCA_FAULT_CLIENT_CERT_WRONG_EKU');
    expect(first(faultOfOpensslVerify(3))).toBe('certain DEVCA_FAULT_CRL_MISSING');
    expect(faultOfOpensslVerify(0)).toEqual([]);
  });
});

describe('faultOfNodeError', () => {
  it('goes by the code, and by the message where the code says nothing', () => {
    expect(first(faultOfNodeError('ERR_TLS_CERT_ALTNAME_INVALID', ''))).toBe(
      'likely DEVCA_FAULT_NAME_MISMATCH',
    );
    expect(first(faultOfNodeError('UNSPECIFIED', 'permitted subtree violation'))).toBe(
      'certain DEVCA_FAULT_NAME_CONSTRAINT',
    );
    expect(first(faultOfNodeError(undefined, 'mac verify failure'))).toBe('certain DEVCA_FAULT_P12_PASSWORD');
    expect(faultOfNodeError('ERR_INVALID_ARG_TYPE', 'no TLS')).toEqual([]);
  });

  it('reads both spellings of alerts, of OpenSSL 3.0 and 3.5', () => {
    for (const code of ['ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE', 'ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE'])
      expect(first(faultOfNodeError(code, ''))).toBe('likely DEVCA_FAULT_CIPHER');
  });
});
