import { beforeAll, expect, it } from '@jest/globals';
import { OID } from '../../../src/pki/oid.ts';
import { encodePem } from '../../../src/pki/pem.ts';
import { extension, type TestCertificate, testAuthority, testServer } from '../../support/test-pki.ts';
import { describeWith } from '../../support/tools.ts';
import { VerifyLab } from './lab.ts';

const soon = {
  notBefore: new Date(Date.now() - 86_400_000),
  notAfter: new Date(Date.now() + 86_400_000 * 90),
};
const root = testAuthority({ subject: 'root', ...soon });

const looseConstraints = { ...extension.basicConstraints(), critical: false };
const intermediateWith = (fields: Partial<Parameters<typeof testAuthority>[0]>) =>
  testAuthority({ subject: 'intermediate', issuer: root, ...soon, ...fields });
const serverOf = (issuer: TestCertificate, without: readonly string[] = []) =>
  testServer({ subject: 'api.test', issuer, without, ...soon });

const sound = intermediateWith({});
const cases: readonly (readonly [string, TestCertificate, TestCertificate])[] = [
  ['nothing', serverOf(sound), sound],
  ...[
    ['no key identifier of an authority', intermediateWith({ without: [OID.subjectKeyIdentifier] })] as const,
    [
      'basic constraints that are not critical',
      intermediateWith({ extensions: [looseConstraints] }),
    ] as const,
    ['no key usage of an authority', intermediateWith({ without: [OID.keyUsage] })] as const,
  ].map(([what, intermediate]) => [what, serverOf(intermediate), intermediate] as const),
  ['no key identifier of its issuer', serverOf(sound, [OID.authorityKeyIdentifier]), sound],
];

describeWith(['openssl'], 'what is said of Python 3.13', () => {
  const lab = new VerifyLab();
  const pem = (...certificates: TestCertificate[]): string =>
    certificates.map(({ der }) => encodePem('CERTIFICATE', der)).join('');
  beforeAll(() => {
    lab.write('root.pem', pem(root));
  });

  const opensslAccepts = (...flags: string[]): boolean => {
    try {
      lab.tool('openssl', 'verify', ...flags, '-CAfile', 'root.pem', '-untrusted', 'chain.pem', 'leaf.pem');
      return true;
    } catch {
      return false;
    }
  };

  // Python's default context sets X509_V_FLAG_X509_STRICT, which this flag of OpenSSL is.
  it.each(cases)('is what "openssl verify -x509_strict" does, with %s', async (_what, leaf, intermediate) => {
    lab.write('chain.pem', pem(leaf, intermediate));
    lab.write('leaf.pem', pem(leaf));
    const { consumers } = await lab.target('chain.pem', '--roots', 'root.pem');
    expect(opensslAccepts()).toBe(true);
    expect(consumers.some(({ consumer }) => consumer === 'Python 3.13')).toBe(
      !opensslAccepts('-x509_strict'),
    );
  });
});
