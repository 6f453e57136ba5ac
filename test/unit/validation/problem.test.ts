import { describe, expect, it } from '@jest/globals';
import { byRank, finding, problemCodes, describe as write } from '../../../src/validation/problem.ts';
import { testServer } from '../../support/test-pki.ts';

describe('the table of problems', () => {
  it('has codes of its areas only, a rank of its own for each, and a section of a standard', () => {
    const rows = Object.entries(problemCodes);
    const ranks = rows.map(([, { rank }]) => rank);
    expect(new Set(ranks).size).toBe(ranks.length);
    for (const [code, { rfc }] of rows) {
      expect(code).toMatch(/^DEVCA_(PATH|CERTIFICATE|NAME|CONSTRAINT|POLICY|REVOCATION)_[A-Z_]+$/);
      expect(rfc).toMatch(/^(RFC \d+|CA\/B Forum BR)/);
    }
  });

  it('puts the most useful reason first', () => {
    const expired = finding('DEVCA_PATH_EXPIRED', { notAfter: 'a', at: 'b' });
    const missing = finding('DEVCA_PATH_MISSING_INTERMEDIATE', { issuer: 'CN=a' });
    expect(byRank([expired, missing])).toEqual([missing, expired]);
  });

  it('names the certificate by subject and fingerprint', () => {
    const { certificate } = testServer({ subject: 'api.test' });
    expect(write(finding('DEVCA_PATH_SELF_SIGNED', {}, certificate))).toEqual({
      code: 'DEVCA_PATH_SELF_SIGNED',
      message: 'the certificate is signed by itself and is not a trust anchor',
      certificate: { subject: 'CN=api.test', sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
      fix: expect.stringContaining('"devca issue"'),
      rfc: 'RFC 5280 section 6.1',
    });
  });
});
