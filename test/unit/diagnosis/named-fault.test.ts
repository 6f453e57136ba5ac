import { describe, expect, it } from '@jest/globals';
import { faultByCode, faults } from '../../../src/diagnosis/fault-table.ts';
import { faultOfProblem, nameFault } from '../../../src/diagnosis/named-fault.ts';
import { ownCodeFaults } from '../../../src/diagnosis/own-code-faults.ts';
import { problemCodes } from '../../../src/validation/problem.ts';
import { findingCodes } from '../../../src/wire/tables/finding-table.ts';

describe('nameFault', () => {
  it('does not advise to run the command that reports it, where anything else helps', () => {
    for (const fault of faults)
      for (const reporter of ['handshake', 'verify', 'selftest'] as const) {
        const { code, fix, cause } = nameFault(fault, reporter);
        expect([code, fix, cause]).not.toContain('');
        if (fault.fixes.length > 1)
          expect([code, fix]).not.toEqual([code, expect.stringMatching(`^run "devca ${reporter} `)]);
      }
  });
});

describe('faultOfProblem', () => {
  it('knows codes that are there', () => {
    const known = [...Object.keys(problemCodes), ...findingCodes()];
    for (const [code, fault] of Object.entries(ownCodeFaults)) {
      if (/^DEVCA_(PATH|NAME|CONSTRAINT|CERTIFICATE|REVOCATION)_/.test(code)) expect(known).toContain(code);
      expect([code, faultByCode(fault)?.code]).toEqual([code, fault]);
    }
  });

  it('tells what is above the end entity from the end entity', () => {
    const at = (sha256: string) =>
      faultOfProblem({ code: 'DEVCA_PATH_EXPIRED', certificate: { sha256 } }, 'a');
    expect([at('a'), at('b')]).toEqual(['DEVCA_FAULT_EXPIRED', 'DEVCA_FAULT_ISSUER_EXPIRED']);
  });

  it('tells addresses from host names', () => {
    const wanted = (expected: string) => faultOfProblem({ code: 'DEVCA_NAME_MISMATCH', expected }, 'a');
    for (const address of ['127.0.0.1', '::1', '2001:db8::7'])
      expect([address, wanted(address)]).toEqual([address, 'DEVCA_FAULT_IP_MISMATCH']);
    for (const name of ['cafe.be', 'localhost', 'a@b.test', 'spiffe://a.test/x'])
      expect([name, wanted(name)]).toEqual([name, 'DEVCA_FAULT_NAME_MISMATCH']);
  });

  it('is about the client where a server verifies', () => {
    expect(faultOfProblem({ code: 'DEVCA_PATH_PURPOSE' }, 'a', 'server')).toBe(
      'DEVCA_FAULT_CLIENT_CERT_WRONG_EKU',
    );
    expect(faultOfProblem({ code: 'DEVCA_DAYS_LEFT' }, 'a')).toBeUndefined();
  });
});
