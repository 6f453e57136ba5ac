import { describe, expect, it } from '@jest/globals';
import { encodeOid, encodeTagged, encodeUtf8String } from '../../../src/pki/der-writer.ts';
import type { GeneralSubtree } from '../../../src/pki/extensions/name-constraints.ts';
import type { GeneralName } from '../../../src/pki/general-name.ts';
import { buildName } from '../../../src/pki/name.ts';
import { OID } from '../../../src/pki/oid.ts';
import { Budget, LIMITS } from '../../../src/validation/budget.ts';
import { chainNode } from '../../../src/validation/chain-node.ts';
import { checkConstraintForm, checkNameConstraints } from '../../../src/validation/name-constraints.ts';
import {
  dns,
  email,
  extension,
  ip,
  ipRange,
  testAuthority,
  testServer,
  uri,
} from '../../support/test-pki.ts';

type Base = GeneralName | GeneralSubtree;

const directory = (...values: string[]): GeneralName => ({
  kind: 'directoryName',
  name: buildName(values.map((value) => ({ type: 'organizationName', value }))),
});

const PERMITTED = 'DEVCA_CONSTRAINT_NOT_PERMITTED';
const EXCLUDED = 'DEVCA_CONSTRAINT_EXCLUDED';
const UNPROCESSABLE = 'DEVCA_CONSTRAINT_UNPROCESSABLE';

function codes(
  permitted: Base[],
  excluded: Base[],
  names: readonly GeneralName[],
  critical = true,
): string[] {
  const authority = testAuthority({
    subject: 'root',
    extensions: [extension.nameConstraints(permitted, excluded, critical)],
  });
  const { certificate } = testServer({ subject: '', issuer: authority, names });
  const nodes = [chainNode(certificate, false)];
  return checkNameConstraints(chainNode(authority.certificate, true), nodes, new Budget()).map((f) => f.code);
}

describe('permitted subtrees', () => {
  it.each<[string, Base, GeneralName, string[]]>([
    ['a host below', dns('test'), dns('api.test'), []],
    ['the host itself', dns('api.test'), dns('API.test'), []],
    ['a wildcard below', dns('api.test'), dns('*.api.test'), []],
    ['a host that only ends alike', dns('api.test'), dns('xapi.test'), [PERMITTED]],
    ['a wildcard that reaches beyond', dns('www.api.test'), dns('*.api.test'), [PERMITTED]],
    ['any host where the base is empty', dns(''), dns('api.test'), []],
    ['a host below a base with a dot', dns('.test'), dns('api.test'), []],
    ['the host of a base with a dot', dns('.api.test'), dns('api.test'), [PERMITTED]],
    ['a host that is malformed', dns('test'), dns('.test'), [UNPROCESSABLE]],
    ['an address in the range', ipRange('10.0.0.0/8'), ip('10.1.2.3'), []],
    ['an address outside the range', ipRange('10.0.0.0/9'), ip('10.128.0.0'), [PERMITTED]],
    ['an address of the other family', ipRange('0.0.0.0/0'), ip('::1'), [PERMITTED]],
    ['an IPv6 address in the range', ipRange('fc00::/7'), ip('fd00::1'), []],
    ['a mailbox of the host', email('b.test'), email('a@B.test'), []],
    ['a mailbox of a host below it', email('b.test'), email('a@c.b.test'), [PERMITTED]],
    ['a mailbox below the domain', email('.b.test'), email('a@c.b.test'), []],
    ['a mailbox of the domain itself', email('.b.test'), email('a@b.test'), [PERMITTED]],
    ['the mailbox', email('a@b.test'), email('a@b.test'), []],
    ['another mailbox', email('a@b.test'), email('A@b.test'), [PERMITTED]],
    ['a mailbox that is malformed', email('b.test'), email('b.test'), [UNPROCESSABLE]],
    ['a URI of the host', uri('dev.internal'), uri('spiffe://dev.internal/a'), []],
    ['a URI of a host below it', uri('dev.internal'), uri('spiffe://a.dev.internal/a'), [PERMITTED]],
    ['a URI of a host below the domain', uri('.internal'), uri('https://dev.internal:8443/'), []],
    ['a URI of an address', uri('.internal'), uri('https://10.0.0.1/'), [UNPROCESSABLE]],
    ['a URI without a host', uri('.internal'), uri('urn:a'), [UNPROCESSABLE]],
    ['a name in the subtree', directory('a'), directory('A', 'b'), []],
    ['a name outside the subtree', directory('a'), directory('b', 'a'), [PERMITTED]],
    ['a name of another kind', dns('test'), ip('10.0.0.1'), []],
  ])('for %s', (_, base, name, expected) => {
    expect(codes([base], [], [name])).toEqual(expected);
  });

  it('are enough with one of them that holds the name', () => {
    expect(codes([dns('a.test'), dns('b.test')], [], [dns('b.test')])).toEqual([]);
  });
});

describe('excluded subtrees', () => {
  it.each<[string, Base, GeneralName, string[]]>([
    ['a host below', dns('test'), dns('api.test'), [EXCLUDED]],
    ['a host above', dns('api.test'), dns('test'), []],
    ['a wildcard that stands for the host', dns('api.test'), dns('*.test'), [EXCLUDED]],
    ['a wildcard that stands for no host below', dns('a.api.test'), dns('*.test'), []],
    ['the host of a base with a dot', dns('.api.test'), dns('api.test'), [EXCLUDED]],
    ['an address in the range', ipRange('0.0.0.0/0'), ip('10.0.0.1'), [EXCLUDED]],
    ['an address of the other family', ipRange('0.0.0.0/0'), ip('::1'), []],
    ['any mailbox where the base is empty', email(''), email('a@b.test'), [EXCLUDED]],
    ['a URI of the host', uri('dev.internal'), uri('spiffe://dev.internal/a'), [EXCLUDED]],
    ['a name in the subtree', directory('a'), directory('a'), [EXCLUDED]],
  ])('for %s', (_, base, name, expected) => {
    expect(codes([], [base], [name])).toEqual(expected);
  });

  it('win over permitted ones', () => {
    expect(codes([dns('test')], [dns('api.test')], [dns('www.api.test')])).toEqual([EXCLUDED]);
  });
});

describe('constraints', () => {
  const otherName: GeneralName = {
    kind: 'otherName',
    der: encodeTagged(0xa0, encodeOid('1.2.3'), encodeTagged(0xa0, encodeUtf8String('a'))),
  };

  it('on kinds that are not processed are refused where they are critical and such a name is there', () => {
    expect(codes([], [otherName], [otherName])).toEqual([UNPROCESSABLE]);
    expect(codes([otherName], [], [dns('api.test')])).toEqual([]);
    expect(codes([], [otherName], [otherName], false)).toEqual([]);
  });

  it('apply to the subject as a name', () => {
    const authority = testAuthority({
      subject: 'root',
      extensions: [extension.nameConstraints([directory('a')])],
    });
    const check = (subject: string): string[] => {
      const node = chainNode(testServer({ subject, issuer: authority }).certificate, false);
      return checkNameConstraints(chainNode(authority.certificate, true), [node], new Budget()).map(
        (f) => f.code,
      );
    };
    expect(check('api.test')).toEqual([PERMITTED]);
    expect(check('')).toEqual([]);
  });

  it('on mailboxes apply to the subject only where there is no subjectAltName', () => {
    const authority = testAuthority({
      subject: 'root',
      extensions: [extension.nameConstraints([email('b.test')])],
    });
    const subject = buildName([{ type: 'emailAddress', value: 'a@c.test' }]);
    const check = (without: string[]): string[] => {
      const node = chainNode(testServer({ subject, issuer: authority, without }).certificate, false);
      return checkNameConstraints(chainNode(authority.certificate, true), [node], new Budget()).map(
        (f) => f.code,
      );
    };
    expect(check([OID.subjectAltName])).toEqual([PERMITTED]);
    expect(check([])).toEqual([]);
  });

  it('do not apply to a self-issued intermediate, but to a self-issued end entity', () => {
    const authority = testAuthority({
      subject: 'root',
      extensions: [extension.nameConstraints([directory('a')])],
    });
    const selfIssued = chainNode(testAuthority({ subject: 'root', issuer: authority }).certificate, false);
    const server = chainNode(testServer({ subject: '', issuer: authority }).certificate, false);
    const root = chainNode(authority.certificate, true);
    expect(checkNameConstraints(root, [server, selfIssued], new Budget())).toEqual([]);
    expect(checkNameConstraints(root, [selfIssued], new Budget()).map((f) => f.code)).toEqual([PERMITTED]);
  });

  it('are given up where there are too many to compare', () => {
    const many = Array.from({ length: 1100 }, (_, i) => dns(`n${i}.test`));
    expect(many.length ** 2).toBeGreaterThan(LIMITS.comparisons);
    expect(codes(many, [], many)).toEqual(['DEVCA_PATH_BOUND_REACHED']);
  });

  it('report eight names at most', () => {
    expect(
      codes(
        [dns('a.test')],
        [],
        Array.from({ length: 20 }, (_, i) => dns(`n${i}.test`)),
      ),
    ).toHaveLength(8);
  });

  it.each<[string, GeneralName, boolean]>([
    ['a wildcard', dns('*.test'), false],
    ['a dot alone', dns('.'), false],
    ['a host with a blank', dns('a b'), false],
    ['a mailbox without a host', email('a@'), false],
    ['a host with two dots', email('..test'), false],
    ['a whole URI', uri('https://a.test/'), false],
    ['an address for a URI', uri('10.0.0.1'), false],
    ['a dot before a host', dns('.test'), true],
    ['nothing', uri(''), true],
    ['another kind', otherName, true],
  ])('may be %s (%s)', (_, base, isFine) => {
    const { certificate } = testAuthority({
      subject: 'root',
      extensions: [extension.nameConstraints([base])],
    });
    const found = checkConstraintForm(certificate).map(({ code }) => code);
    expect(found).toEqual(isFine ? [] : ['DEVCA_CONSTRAINT_MALFORMED']);
  });
});
