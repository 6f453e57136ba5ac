import { nameKey } from '../../../src/pki/name.ts';
import { encodePem } from '../../../src/pki/pem.ts';
import { presentedCertificate } from '../../../src/verification/container.ts';
import type { Subject } from '../../../src/verification/presented.ts';
import type { TrustedRoots } from '../../../src/verification/trusted-roots.ts';
import type { VerificationSettings } from '../../../src/verification/verify-subject.ts';
import { NOW, type TestCertificate, testAuthority, testServer } from '../../support/test-pki.ts';

export const root = testAuthority({ subject: 'root' });
export const intermediate = testAuthority({ subject: 'intermediate', issuer: root });
export const server = testServer({ subject: 'api.test', issuer: intermediate });

export const pem = (...certificates: readonly TestCertificate[]): string =>
  certificates.map(({ der }) => encodePem('CERTIFICATE', der)).join('');

export const subjectOf = (
  certificates: readonly TestCertificate[],
  more: Partial<Subject> = {},
): Subject => ({
  target: 'chain.pem',
  form: 'pem',
  certificates: certificates.map(({ der }) => presentedCertificate(der)),
  keys: [],
  findings: [],
  ...more,
});

export function rootsOf(...roots: readonly TestCertificate[]): TrustedRoots {
  const all = roots.map(({ certificate }) => certificate);
  return { source: 'test', all, bySubject: new Map(all.map((each) => [nameKey(each.subject), [each]])) };
}

export const settingsWith = (more: Partial<VerificationSettings> = {}): VerificationSettings => ({
  at: NOW,
  policy: 'webpki',
  names: [],
  roots: rootsOf(root),
  intermediates: [],
  crls: [],
  explain: false,
  ...more,
});

export const codesOf = (problems: readonly { readonly code: string }[]): string[] =>
  problems.map(({ code }) => code);
