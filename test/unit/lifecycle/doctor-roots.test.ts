import { describe, expect, it } from '@jest/globals';
import { type RootRow, rootFindings } from '../../../src/lifecycle/doctor-roots.ts';
import { newAnchor } from '../../support/trust-lab.ts';

const one = newAnchor('same');
const other = newAnchor('same');

const row = (fields: Partial<RootRow>): RootRow => ({
  id: 'system',
  name: 'system store',
  status: 'not-trusted',
  detail: 'not in the bundle',
  fix: 'devca trust install --store system',
  root: one,
  authority: 'default',
  ...fields,
});

describe('what doctor says of the roots of a home', () => {
  it('names the one root that a store does not trust', () => {
    expect(rootFindings([row({})])).toEqual([
      {
        id: 'store-not-trusting',
        severity: 'problem',
        message: `the trust store "system" and the root "${one.name}": not-trusted (not in the bundle)`,
        fix: 'devca trust install --store system',
      },
    ]);
  });

  it('is one line for each store, and tells roots of one name apart', () => {
    const found = rootFindings([
      row({}),
      row({ root: other, authority: 'work', fix: 'devca trust install --authority work --store system' }),
      row({ id: 'java', status: 'trusted', fix: '' }),
      row({ id: 'java', status: 'tool-missing', detail: 'no keytool', fix: '', root: other }),
    ]);
    expect(found).toMatchObject([
      {
        id: 'store-not-trusting',
        fix: 'devca trust install --store system && devca trust install --authority work --store system',
      },
      { id: 'store-unknown', severity: 'obstacle', fix: 'devca trust status' },
    ]);
    const [message = ''] = found.map((each) => each.message);
    expect(message).toContain('2 of 2 roots, ');
    expect(message).toContain(`of "default" (${one.sha256.slice(0, 16)})`);
    expect(message).toContain(`of "work" (${other.sha256.slice(0, 16)}): not-trusted (not in the bundle)`);
  });

  it('is nothing where all is well, or nothing can be done', () => {
    expect(rootFindings([row({ status: 'trusted' }), row({ status: 'unsupported' })])).toEqual([]);
  });
});
