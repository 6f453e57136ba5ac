import { describe, expect, it } from '@jest/globals';
import { formatProofs, statusOfProofs } from '../../../src/commands/trust-prove.ts';
import type { ClientProof } from '../../../src/proof/trust/prove-trust.ts';

const proof = (fields: Partial<ClientProof>): ClientProof => ({
  ...{ id: 'curl', name: 'curl', program: '/usr/bin/curl', version: null, status: 'accepted', detail: '' },
  ...{ fault: null, decides: 'the system store', fix: '', ms: 1, ...fields },
});
const plain = { style: (_style: string, text: string): string => text };

describe('what trust status --prove prints', () => {
  it('is a line for each client, and each command once with those whom it mends', () => {
    const fix = 'devca trust install --store system';
    const fault = { code: 'DEVCA_FAULT_UNKNOWN_CA', title: 'unknown authority' };
    const refused = { status: 'refused', detail: 'unable to get issuer', fault, fix } as const;
    const text = formatProofs(
      [
        proof(refused),
        proof({ ...refused, name: 'Ruby', version: '3.1.7' }),
        proof({ name: 'Go', version: '1.19' }),
      ],
      plain,
    );
    expect(text).toContain('unable to get issuer [DEVCA_FAULT_UNKNOWN_CA]');
    expect(text).toMatch(/^Go 1\.19 +accepted +the system store$/m);
    expect(text.trim().split('\n').at(-1)).toBe(`  ${fix}  # curl, Ruby 3.1.7`);
  });

  it('has the status of what is worst: not asked, then refused', () => {
    const statusOf = (...statuses: ClientProof['status'][]) =>
      statusOfProofs(statuses.map((status) => proof({ status })));
    expect(statusOf('accepted', 'not-installed')).toBe(0);
    expect(statusOf('accepted', 'refused')).toBe(4);
    expect(statusOf('not-verifying')).toBe(4);
    expect(statusOf('refused', 'timed-out')).toBe(5);
    expect(statusOf('failed')).toBe(5);
  });
});
