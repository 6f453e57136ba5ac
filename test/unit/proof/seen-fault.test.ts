import { describe, expect, it } from '@jest/globals';
import type { Seen } from '../../../src/proof/seen.ts';
import { faultSeenBy } from '../../../src/proof/seen-fault.ts';

describe('what an end of a scenario saw', () => {
  it.each([
    ['client', 'unknown-ca', 'UNKNOWN_CA'],
    ['server', 'unknown-ca', 'CLIENT_CERT_UNKNOWN_ISSUER'],
    ['server', 'no-client-certificate', 'CLIENT_CERT_MISSING'],
    ['client', 'alert:certificate_expired', 'CLIENT_CERT_EXPIRED'],
    ['server', 'alert:certificate_expired', 'EXPIRED'],
    ['client', 'closed', 'CLOSED_IN_HANDSHAKE'],
    ['client', 'timed-out', 'TIMEOUT'],
    ['client', 'error:ECONNREFUSED', 'PORT_CLOSED'],
  ] as const)('of the %s: %s is named %s', (end, seen, fault) => {
    expect(faultSeenBy(end, { seen })?.code).toBe(`DEVCA_FAULT_${fault}`);
  });

  it.each(['accepted', 'error:not-played', 'alert:unknown_200'] as Seen[])('%s is no fault', (seen) => {
    expect(faultSeenBy('client', { seen })).toBeUndefined();
  });
});
