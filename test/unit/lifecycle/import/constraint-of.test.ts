import { describe, expect, it } from '@jest/globals';
import { DEFAULT_RANGES } from '../../../../src/authority/constraint.ts';
import { constraintOf } from '../../../../src/lifecycle/import/constraint-of.ts';
import { dns, email, extension, ipRange, testAuthority } from '../../../support/test-pki.ts';

const constrained = (...permitted: Parameters<typeof extension.nameConstraints>[0]) =>
  testAuthority({ subject: 'r', extensions: [extension.nameConstraints(permitted)] }).certificate;
const free = testAuthority({ subject: 'r' }).certificate;

describe('the constraint of an authority from elsewhere', () => {
  it('is that of its certificates', () => {
    expect(
      constraintOf([constrained(dns('.corp.test'), dns('Lab'), ipRange('10.0.0.0/8'))]).constraint,
    ).toEqual({
      unconstrained: false,
      names: ['corp.test', 'lab'],
      ranges: ['10.0.0.0/8'],
      carriesRanges: true,
    });
    expect(constraintOf([free, constrained(dns('corp.test'))]).constraint).toMatchObject({
      names: ['corp.test'],
      ranges: DEFAULT_RANGES,
      carriesRanges: false,
    });
  });

  it('is that of the nearest where both have one', () => {
    const chain = [constrained(dns('a.corp.test')), constrained(dns('corp.test'))];
    expect(constraintOf(chain).constraint).toMatchObject({ names: ['a.corp.test'] });
  });

  it('is none where nothing limits host names', () => {
    for (const certificate of [free, constrained(email('corp.test')), constrained(dns(''))])
      expect(constraintOf([certificate]).constraint).toEqual({ unconstrained: true });
  });

  it('warns of names that are excluded', () => {
    const excluding = testAuthority({
      subject: 'r',
      extensions: [extension.nameConstraints([], [dns('bank.test')])],
    }).certificate;
    expect(constraintOf([excluding]).warnings).toHaveLength(1);
  });
});
