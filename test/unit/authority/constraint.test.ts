import { describe, expect, it } from '@jest/globals';
import {
  buildConstraint,
  type Constraint,
  checkConstraint,
  constraintExtension,
  DEFAULT_NAMES,
  isPermitted,
  permittedList,
} from '../../../src/authority/constraint.ts';
import { formatSubtree, parseNameConstraints } from '../../../src/pki/extensions/name-constraints.ts';
import { parseIdentifier } from '../../../src/pki/identifier.ts';

const DEFAULT = buildConstraint();
const permits = (text: string, constraint: Constraint = DEFAULT) =>
  isPermitted(parseIdentifier(text).name, constraint);

function entriesOf(constraint: Constraint): string[] {
  const extension = constraintExtension(constraint);
  if (extension === undefined) return [];
  expect(extension).toMatchObject({ oid: '2.5.29.30', critical: true });
  const { permitted, excluded } = parseNameConstraints(extension.value);
  expect(excluded).toEqual([]);
  return permitted.map(formatSubtree);
}

describe('the default constraint', () => {
  it.each([
    'localhost',
    'app.localhost',
    'test',
    '*.test',
    'a.b.test',
    'dev.internal',
    'printer.local',
    'nas.home.arpa',
    'www.example.com',
    'x.invalid',
    'alice@test',
    'alice@mail.example.org',
    'spiffe://dev.internal/orders',
    'urn:example:1',
    '127.0.0.1',
    '10.1.2.3',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '169.254.0.1',
    '::1',
    'fd00::1',
    'fe80::1',
  ])('permits %s', (text) => {
    expect(permits(text)).toBe(true);
  });

  it.each([
    'google.com',
    'nottest',
    'test.com',
    'localhost.com',
    'arpa',
    'orders',
    '*.com',
    'alice@google.com',
    'spiffe://prod/orders',
    'spiffe://example.com.evil/x',
    '8.8.8.8',
    '172.32.0.1',
    '128.0.0.1',
    '100.64.0.1',
    '0.0.0.0',
    '::',
    '::2',
    '2001:db8::1',
    'ff02::1',
  ])('does not permit %s', (text) => {
    expect(permits(text)).toBe(false);
  });

  it('is carried as DNS and e-mail entries, the latter for hosts and for what is below them', () => {
    expect(entriesOf(DEFAULT)).toEqual([
      ...DEFAULT_NAMES.map((name) => `DNS:${name}`),
      ...DEFAULT_NAMES.flatMap((name) => [`email:${name}`, `email:.${name}`]),
    ]);
  });
});

describe("a constraint of one's own", () => {
  it('has names and ranges besides the default ones', () => {
    const constraint = buildConstraint({
      permit: ['orders', 'Bücher.example.de', '100.64.0.0/10', '203.0.113.7'],
    });
    expect(permits('orders', constraint)).toBe(true);
    expect(permits('shop.xn--bcher-kva.example.de', constraint)).toBe(true);
    expect(permits('example.de', constraint)).toBe(false);
    expect(permits('100.127.0.1', constraint)).toBe(true);
    expect(permits('203.0.113.7', constraint)).toBe(true);
    expect(permits('203.0.113.8', constraint)).toBe(false);
    expect(permits('localhost', constraint)).toBe(true);
    expect(permittedList(constraint)).toEqual([
      ...DEFAULT_NAMES,
      'orders',
      'xn--bcher-kva.example.de',
      '100.64.0.0/10',
      '203.0.113.7/32',
    ]);
  });

  it('has names instead of the default ones, and keeps private addresses', () => {
    const constraint = buildConstraint({ permitOnly: ['corp.test'] });
    expect(permits('localhost', constraint)).toBe(false);
    expect(permits('a.corp.test', constraint)).toBe(true);
    expect(permits('127.0.0.1', constraint)).toBe(true);
    expect(entriesOf(constraint)).toEqual(['DNS:corp.test', 'email:corp.test', 'email:.corp.test']);
  });

  it('has ranges instead of the default ones where it names any', () => {
    const constraint = buildConstraint({ permitOnly: ['test', '10.0.0.0/8'] });
    expect(permits('127.0.0.1', constraint)).toBe(false);
    expect(permits('10.0.0.1', constraint)).toBe(true);
    expect(permits('::1', constraint)).toBe(false);
  });

  it('carries ranges of addresses where that is asked for', () => {
    const constraint = buildConstraint({ permitOnly: ['test', '10.0.0.0/8', 'fd00::/8'], constrainIp: true });
    expect(entriesOf(constraint).slice(-2)).toEqual(['IP:10.0.0.0/8', 'IP:fd00::/8']);
    expect(permittedList(constraint)).toEqual(['test', '10.0.0.0/8', 'fd00::/8']);
  });

  it('permits everything where that is asked for', () => {
    const constraint = buildConstraint({ unconstrained: true });
    expect(permits('www.google.com', constraint)).toBe(true);
    expect(permits('8.8.8.8', constraint)).toBe(true);
    expect(constraintExtension(constraint)).toBeUndefined();
    expect(permittedList(constraint)).toBeUndefined();
  });
});

describe('flags that make no constraint', () => {
  it('names everything that cannot be permitted in one error', () => {
    const build = () =>
      buildConstraint({
        permit: ['ok.test', '*.corp.test', '10.0.0.1/8', '10.0.0.0/33', 'a b', 'me@corp.test'],
      });
    expect(build).toThrow(
      expect.objectContaining({
        code: 'DEVCA_CONSTRAINT_INVALID',
        message: expect.stringMatching(
          /"\*\.corp\.test".*"10\.0\.0\.1\/8".*"10\.0\.0\.0\/33".*"a b".*"me@corp\.test"/,
        ),
        hints: [
          'give "corp.test": names below it are permitted too',
          'give "10.0.0.0/8"',
          'give "corp.test"',
        ],
      }),
    );
  });

  it('refuses a constraint without a name, which would permit every name', () => {
    expect(() => buildConstraint({ permitOnly: ['10.0.0.0/8'] })).toThrow(
      expect.objectContaining({ code: 'DEVCA_CONSTRAINT_EMPTY' }),
    );
  });

  it.each([{ permit: ['test'] }, { permitOnly: ['test'] }, { constrainIp: true }])(
    'refuses %j beside unconstrained',
    (flags) => {
      expect(() => buildConstraint({ ...flags, unconstrained: true })).toThrow(
        expect.objectContaining({ code: 'DEVCA_CONSTRAINT_CONFLICT' }),
      );
    },
  );
});

describe('checking a request', () => {
  const names = ['localhost', '*.google.com', '8.8.8.8', 'me@corp.de', 'spiffe://prod/x'].map(
    (text) => parseIdentifier(text).name,
  );

  it('names all that is outside, the constraint, and the command that widens it', () => {
    expect(() => checkConstraint(names, DEFAULT, " --home '/home/me/my ca'")).toThrow(
      expect.objectContaining({
        code: 'DEVCA_ISSUE_OUTSIDE_CONSTRAINT',
        exitStatus: 1,
        message: expect.stringMatching(
          /for "\*\.google\.com", "8\.8\.8\.8", "me@corp\.de", "spiffe:\/\/prod\/x": it is constrained to localhost, .*private/,
        ),
        hints: [
          `widen what it may: run "devca ca permit google.com 8.8.8.8 corp.de prod --home '/home/me/my ca'", then the same command again`,
        ],
      }),
    );
  });

  it.each([
    ['*.com', '"com"', undefined],
    ['com', '"com"', undefined],
    ['*.co.uk', '"co.uk"', undefined],
    ['me@com', '"com"', undefined],
    ['*.lan', undefined, 'lan'],
    ['orders', undefined, 'orders'],
    ['*.mycompany.com', undefined, 'mycompany.com'],
  ])('never proposes the domain of everybody: %s', (text, wide, permit) => {
    expect(() => checkConstraint([parseIdentifier(text).name], DEFAULT, '')).toThrow(
      expect.objectContaining({
        hints: [
          wide === undefined
            ? expect.stringContaining(`"devca ca permit ${permit}"`)
            : expect.stringMatching(new RegExp(`domain of your own, .*${wide}`)),
        ],
      }),
    );
  });

  it('has no command for an authority in memory', () => {
    expect(() => checkConstraint(names, DEFAULT, undefined)).toThrow(
      expect.objectContaining({ hints: [expect.stringContaining('when the authority is created')] }),
    );
  });

  it('shows the ranges themselves where they are not the default ones', () => {
    const constraint = buildConstraint({ permitOnly: ['test', '10.0.0.0/8'] });
    expect(() => checkConstraint(names, constraint, undefined)).toThrow(
      'it is constrained to test, 10.0.0.0/8',
    );
  });

  it('is content with what is within', () => {
    expect(() => checkConstraint(names.slice(0, 1), DEFAULT, '')).not.toThrow();
  });
});
