import { describe, expect, it } from '@jest/globals';
import { OID } from '../../../src/pki/oid.ts';
import type { VerificationRequest } from '../../../src/validation/request.ts';
import { verifyChainSync } from '../../../src/validation/verify-chain.ts';
import {
  daysFromNow,
  dns,
  extension,
  NOW,
  type TestCertificate,
  testAuthority,
  testServer,
} from '../../support/test-pki.ts';

const root = testAuthority({ subject: 'root' });

function warnings(endEntity: TestCertificate, request: Partial<VerificationRequest> = {}): string[] {
  const result = verifyChainSync({ endEntity: endEntity.der, trustAnchors: [root.der], at: NOW, ...request });
  expect(result.problems).toEqual([]);
  return result.warnings.map(({ code, message }) => `${message} [${code}]`);
}

const below = (fields: Partial<Parameters<typeof testServer>[0]>): TestCertificate =>
  testServer({ subject: 'api.test', issuer: root, ...fields });

describe('a warning is given, and the chain is valid', () => {
  it.each<[string, () => TestCertificate, RegExp]>([
    [
      'without an authorityKeyIdentifier',
      () => below({ without: [OID.authorityKeyIdentifier] }),
      /no authorityKeyIdentifier/,
    ],
    [
      'whose common name is none of its names',
      () => below({ subject: 'www.test' }),
      /common name "www.test".*DEVCA_CERTIFICATE_COMMON_NAME/,
    ],
    [
      'that lives longer than public authorities allow',
      () => below({ notAfter: daysFromNow(370) }),
      /valid for 401 days.*398/,
    ],
    [
      'that lives longer than Apple allows',
      () => below({ notAfter: daysFromNow(800) }),
      /831 days.*Apple.*825.*DEVCA_CERTIFICATE_LIFETIME/,
    ],
    [
      'with an underscore in a name',
      () => below({ names: [dns('api.test'), dns('a_b.test')] }),
      /underscore/,
    ],
    [
      'with an Edwards-curve key',
      () => below({ keyType: 'ed25519' }),
      /no browser takes.*DEVCA_CERTIFICATE_UNUSUAL/,
    ],
  ])('for an end entity %s', (_, make, text) => {
    expect(warnings(make())).toEqual([expect.stringMatching(text)]);
  });

  it.each<[string, Parameters<typeof testAuthority>[0], RegExp]>([
    [
      'without a subjectKeyIdentifier',
      { subject: 'ca', without: [OID.subjectKeyIdentifier] },
      /no subjectKeyIdentifier/,
    ],
    [
      'whose basicConstraints are not critical',
      { subject: 'ca', extensions: [{ ...extension.basicConstraints(), critical: false }] },
      /basicConstraints are not critical/,
    ],
    [
      'whose constraint is not critical',
      { subject: 'ca', extensions: [extension.nameConstraints([dns('test')], [], false)] },
      /nameConstraints are not critical/,
    ],
  ])('for an authority %s', (_, fields, text) => {
    const authority = testAuthority({ issuer: root, ...fields });
    const endEntity = testServer({ subject: 'api.test', issuer: authority });
    expect(warnings(endEntity, { intermediates: [authority.der] })).toEqual([expect.stringMatching(text)]);
  });

  it('not for what only the web cares about where the policy is the standard', () => {
    expect(
      warnings(below({ subject: 'www.test', notAfter: daysFromNow(800) }), { policy: 'rfc5280' }),
    ).toEqual([]);
  });
});
