import { describe, expect, it } from '@jest/globals';
import { encodeCertificatePolicies } from '../../../src/pki/extensions/certificate-policies.ts';
import type { Extension } from '../../../src/pki/extensions/extension.ts';
import { encodeInhibitAnyPolicy } from '../../../src/pki/extensions/inhibit-any-policy.ts';
import {
  encodePolicyConstraints,
  type PolicyConstraints,
} from '../../../src/pki/extensions/policy-constraints.ts';
import { encodePolicyMappings } from '../../../src/pki/extensions/policy-mappings.ts';
import { OID } from '../../../src/pki/oid.ts';
import type { PolicyRequest } from '../../../src/validation/request.ts';
import { type VerificationResult, verifyChainSync } from '../../../src/validation/verify-chain.ts';
import { NOW, testAuthority, testServer } from '../../support/test-pki.ts';

const [A, B, C, ANY] = ['1.2.1', '1.2.2', '1.2.3', OID.anyPolicy];

const policies = (...oids: string[]): Extension => ({
  oid: OID.certificatePolicies,
  critical: false,
  value: encodeCertificatePolicies(oids.map((policyIdentifier) => ({ policyIdentifier }))),
});
const maps = (...pairs: [string, string][]): Extension => ({
  oid: OID.policyMappings,
  critical: true,
  value: encodePolicyMappings(
    pairs.map(([issuerDomainPolicy, subjectDomainPolicy]) => ({ issuerDomainPolicy, subjectDomainPolicy })),
  ),
});
const constraints = (value: PolicyConstraints): Extension => ({
  oid: OID.policyConstraints,
  critical: true,
  value: encodePolicyConstraints(value),
});
const inhibitAny = (skipCerts: number): Extension => ({
  oid: OID.inhibitAnyPolicy,
  critical: true,
  value: encodeInhibitAnyPolicy(skipCerts),
});

/** A path with these extensions in each certificate, the anchor first and the end entity last. */
function verify(levels: readonly (readonly Extension[])[], request: PolicyRequest = {}): VerificationResult {
  const [top = [], ...rest] = levels;
  const last = rest.pop() ?? [];
  const anchor = testAuthority({ subject: 'root', extensions: top });
  let issuer = anchor;
  const intermediates: Uint8Array[] = [];
  for (const [index, extensions] of rest.entries()) {
    issuer = testAuthority({ subject: `ca ${index}`, issuer, extensions });
    intermediates.push(issuer.der);
  }
  const endEntity = testServer({ subject: 'api.test', issuer, extensions: last });
  return verifyChainSync({
    endEntity: endEntity.der,
    intermediates,
    trustAnchors: [anchor.der],
    at: NOW,
    policies: request,
  });
}

const explicit = { requireExplicit: true };

function outcome(levels: readonly (readonly Extension[])[], request: PolicyRequest = explicit): unknown {
  const { valid, policies: sets } = verify(levels, request);
  return valid ? sets?.userConstrained : verify(levels, request).problems.map(({ code }) => code);
}

const UNSATISFIED = ['DEVCA_POLICY_UNSATISFIED'];

describe('certificate policies', () => {
  it.each<[string, readonly (readonly Extension[])[], PolicyRequest, unknown]>([
    ['need not hold unless they are asked for', [[], [], []], {}, []],
    ['hold where every certificate has them', [[], [policies(A, B)], [policies(B, C)]], explicit, [B]],
    ['do not hold where one certificate has none', [[], [], [policies(A)]], explicit, UNSATISFIED],
    ['do not hold where certificates differ', [[], [policies(A)], [policies(B)]], explicit, UNSATISFIED],
    [
      'are those that the caller wants',
      [[], [policies(A, B)], [policies(A, B)]],
      { ...explicit, initial: [B, C] },
      [B],
    ],
    [
      'are none that the caller wants',
      [[], [policies(A)], [policies(A)]],
      { ...explicit, initial: [B] },
      UNSATISFIED,
    ],
    ['may be wanted without being demanded', [[], [policies(A)], [policies(A)]], { initial: [B] }, []],
    ['come through anyPolicy', [[], [policies(ANY)], [policies(A)]], explicit, [A]],
    [
      'are all that the caller wants where all is anyPolicy',
      [[], [policies(ANY)], [policies(ANY)]],
      { ...explicit, initial: [A] },
      [A],
    ],
    [
      'do not come through anyPolicy that the caller forbids',
      [[], [policies(ANY)], [policies(A)]],
      { ...explicit, inhibitAny: true },
      UNSATISFIED,
    ],
    [
      'do not come through anyPolicy that an authority forbids',
      [[], [policies(A), inhibitAny(0)], [policies(ANY)]],
      explicit,
      UNSATISFIED,
    ],
    [
      'come through anyPolicy that is forbidden only further down',
      [[], [policies(A), inhibitAny(1)], [policies(ANY)], [policies(A)]],
      explicit,
      [A],
    ],
    ['are demanded by an authority', [[], [constraints({ requireExplicitPolicy: 0 })], []], {}, UNSATISFIED],
    [
      'are demanded by an authority further down only',
      [[], [constraints({ requireExplicitPolicy: 2 })], []],
      {},
      [],
    ],
    [
      'are demanded by the end entity itself',
      [[], [policies(A)], [constraints({ requireExplicitPolicy: 0 })]],
      {},
      UNSATISFIED,
    ],
    ['are demanded by the anchor', [[constraints({ requireExplicitPolicy: 0 })], [], []], {}, UNSATISFIED],
    ['are those of the anchor at most', [[policies(B)], [policies(A, B)], [policies(A, B)]], explicit, [B]],
  ])('%s', (_, levels, request, expected) => {
    expect(outcome(levels, request)).toEqual(expected);
  });
});

describe('policy mappings', () => {
  it.each<[string, readonly (readonly Extension[])[], PolicyRequest, unknown]>([
    [
      'make a policy of the issuer hold below',
      [[], [policies(A), maps([A, B])], [policies(B)]],
      explicit,
      [A],
    ],
    ['take the mapped policy away', [[], [policies(A), maps([A, B])], [policies(A)]], explicit, UNSATISFIED],
    ['map one policy to several', [[], [policies(A), maps([A, B], [A, C])], [policies(C)]], explicit, [A]],
    [
      'map from what anyPolicy stands for',
      [[], [policies(ANY), maps([A, B])], [policies(B)]],
      { ...explicit, initial: [A] },
      [A],
    ],
    [
      'have no effect where the caller forbids them',
      [[], [policies(A), maps([A, B])], [policies(B)]],
      { ...explicit, inhibitMapping: true },
      UNSATISFIED,
    ],
    [
      'have no effect where an authority forbids them',
      [
        [],
        [policies(A), constraints({ inhibitPolicyMapping: 0 })],
        [policies(A), maps([A, B])],
        [policies(B)],
      ],
      explicit,
      UNSATISFIED,
    ],
    [
      'may not name anyPolicy',
      [[], [policies(A), maps([ANY, B])], [policies(B)]],
      {},
      ['DEVCA_POLICY_ANY_MAPPED'],
    ],
    [
      'may not give anyPolicy',
      [[], [policies(A), maps([A, ANY])], [policies(B)]],
      {},
      ['DEVCA_POLICY_ANY_MAPPED'],
    ],
  ])('%s', (_, levels, request, expected) => {
    expect(outcome(levels, request)).toEqual(expected);
  });

  it('do not grow without bound down a path that crosses them over and over', () => {
    const oids = Array.from({ length: 20 }, (_, i) => `1.2.${i + 1}`);
    const crossed = oids.flatMap((from) => oids.map((to): [string, string] => [from, to]));
    const level = [policies(...oids), maps(...crossed)];
    const started = performance.now();
    const result = verify([[], ...Array.from({ length: 20 }, () => level), [policies(...oids)]], explicit);
    expect(performance.now() - started).toBeLessThan(20_000);
    expect(result.policies?.userConstrained).toHaveLength(20);
  });
});

it('the outcome names the policies of the authorities, those for the caller, and whether one was demanded', () => {
  expect(verify([[], [policies(A, B)], [policies(A, B)]], { initial: [B] }).policies).toEqual({
    authorityConstrained: [A, B],
    userConstrained: [B],
    explicitRequired: false,
  });
});
