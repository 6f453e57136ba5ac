import { describe, expect, it } from '@jest/globals';
import { describeScope, isLoose, rootScope } from '../../../src/lifecycle/root-scope.ts';
import { ipSubtree } from '../../../src/pki/extensions/name-constraints.ts';
import { extension, testAuthority } from '../../support/test-pki.ts';

const dns = (value: string) => ({ kind: 'dNSName', value }) as const;
const ip = (range: string) => ipSubtree(range) ?? dns('not a range');

type Subtree = ReturnType<typeof ip>;

const scopeWith = (name: string) =>
  rootScope(
    testAuthority({
      subject: 'a root',
      extensions: [extension.nameConstraints([dns('test'), dns(name)], [], true)],
    }).certificate,
  );

function scopeOf(permitted: readonly Subtree[], excluded: readonly Subtree[] = [], critical = true): string {
  const extensions = [extension.nameConstraints(permitted, excluded, critical)];
  return describeScope(rootScope(testAuthority({ subject: 'a root', extensions }).certificate));
}

describe('what a root may sign for', () => {
  it('has any address where the constraint speaks of names alone', () => {
    expect(scopeOf([dns('test'), dns('localhost')])).toBe('test, localhost, any address');
  });

  it('has the addresses that the constraint permits', () => {
    expect(scopeOf([dns('test'), ip('10.0.0.0/8'), ip('::1/128')])).toBe(
      'test, the addresses 10.0.0.0/8, ::1/128',
    );
  });

  it('has the addresses that are not excluded', () => {
    expect(scopeOf([dns('test')], [ip('192.168.0.0/16')])).toBe('test, any address but 192.168.0.0/16');
    expect(scopeOf([dns('test')], [ip('0.0.0.0/0'), ip('::/0')])).toBe('test, no address');
  });

  it.each(['com', 'COM', '.com', 'com.', 'app', 'dev', 'shop', 'de', 'co.uk', 'onion', 'xn--p1ai'])(
    'is loose with "%s", below which others have sites',
    (name) => expect(isLoose(scopeWith(name))).toBe(true),
  );

  it.each([
    'test',
    'orders',
    'kubernetes',
    'LOCALHOST',
    '.internal',
    'local',
    'home.arpa',
    'lan',
    'example.com',
    'corp.example.co.uk',
  ])('is not loose with "%s"', (name) => expect(isLoose(scopeWith(name))).toBe(false));

  it.each([
    ['a constraint that clients may ignore', () => scopeOf([dns('test')], [], false)],
    ['a constraint on addresses alone', () => scopeOf([ip('10.0.0.0/8')])],
    ['a constraint on the empty name', () => scopeOf([dns('test'), dns('')])],
    ['no constraint', () => describeScope(rootScope(testAuthority({ subject: 'a root' }).certificate))],
  ])('is every name with %s', (_what, scope) => {
    expect(scope()).toBe('EVERY NAME');
  });
});
