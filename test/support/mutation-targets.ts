import { parseCertificate } from '../../src/pki/certificate.ts';
import { DerReader } from '../../src/pki/der-reader.ts';
import { encodeBitString, encodeSequence } from '../../src/pki/der-writer.ts';
import { encodeCertificatePolicies } from '../../src/pki/extensions/certificate-policies.ts';
import { encodeCrlDistributionPoints } from '../../src/pki/extensions/crl-distribution-points.ts';
import { encodePolicyConstraints } from '../../src/pki/extensions/policy-constraints.ts';
import { encodePolicyMappings } from '../../src/pki/extensions/policy-mappings.ts';
import { buildName } from '../../src/pki/name.ts';
import { OID } from '../../src/pki/oid.ts';
import { createSigner } from '../../src/pki/signer.ts';
import type { VerificationRequest } from '../../src/validation/request.ts';
import { type VerificationResult, verifyChainSync } from '../../src/validation/verify-chain.ts';
import { type Choices, mutateBytes, mutateStructure } from './der-mutation.ts';
import {
  dns,
  email,
  extension,
  ip,
  ipRange,
  NOW,
  type TestCertificate,
  testAuthority,
  testCrl,
  testServer,
  uri,
} from './test-pki.ts';

const organization = buildName([
  { type: 'organizationName', value: 'devca' },
  { type: 'commonName', value: 'intermediate' },
]);
const policies = {
  oid: OID.certificatePolicies,
  critical: false,
  value: encodeCertificatePolicies([{ policyIdentifier: '1.2.3' }, { policyIdentifier: OID.anyPolicy }]),
};

const root = testAuthority({
  subject: 'root',
  extensions: [
    extension.nameConstraints([dns('test'), email('test'), ipRange('10.0.0.0/8')], [dns('bad.test')]),
  ],
});
const intermediate = testAuthority({
  subject: organization,
  issuer: root,
  pathLenConstraint: 0,
  extensions: [
    policies,
    {
      oid: OID.policyConstraints,
      critical: true,
      value: encodePolicyConstraints({ requireExplicitPolicy: 0 }),
    },
    {
      oid: OID.policyMappings,
      critical: true,
      value: encodePolicyMappings([{ issuerDomainPolicy: '1.2.3', subjectDomainPolicy: '1.2.4' }]),
    },
  ],
});
const server = testServer({
  subject: 'api.test',
  issuer: intermediate,
  names: [
    dns('api.test'),
    dns('*.api.test'),
    ip('10.0.0.1'),
    email('a@test'),
    uri('spiffe://dev.internal/a'),
  ],
  extensions: [
    { ...policies, value: encodeCertificatePolicies([{ policyIdentifier: '1.2.4' }]) },
    {
      oid: OID.cRLDistributionPoints,
      critical: false,
      value: encodeCrlDistributionPoints([{ distributionPoint: { fullName: [uri('http://crl.test/')] } }]),
    },
  ],
});
const crls = [
  testCrl({ signer: root }),
  testCrl({ signer: intermediate, revoked: [{ serialNumber: '77' }] }),
];

/** A chain that is valid before it is tampered with. */
export const target = { root, intermediate, server, crls } as const;

export function verifyTarget(changes: Partial<VerificationRequest> = {}): VerificationResult {
  return verifyChainSync({
    endEntity: server.der,
    intermediates: [intermediate.der],
    trustAnchors: [root.der],
    crls,
    at: NOW,
    name: { kind: 'dns', value: 'www.api.test' },
    revocation: 'required',
    policy: 'rfc5280',
    ...changes,
  });
}

export const mutate = (der: Uint8Array, choices: Choices): Uint8Array =>
  choices.below(2) === 0 ? mutateBytes(der, choices) : mutateStructure(der, choices);

/** The certificate with the structure of its signed part changed, and signed again by its issuer. */
export function mutateAndSign(
  certificate: TestCertificate,
  issuer: TestCertificate,
  choices: Choices,
): Uint8Array {
  const { tbs, signatureAlgorithm } = certificate.certificate;
  const mutant = mutateStructure(tbs, choices);
  const signature = createSigner(issuer.key).sign(mutant);
  return encodeSequence(mutant, signatureAlgorithm.der, encodeBitString(signature));
}

/** Whether two encodings hold the same signed part: then a signature that still holds proves nothing wrong. */
export function hasSameTbs(a: Uint8Array, b: Uint8Array): boolean {
  try {
    return Buffer.from(parseCertificate(a).tbs).equals(parseCertificate(b).tbs);
  } catch {
    return false;
  }
}

/** How deep a reader can descend: for checking that nothing recurses on input. */
export const nested = (depth: number): Uint8Array => {
  let der = new Uint8Array();
  for (let i = 0; i < depth; i++) der = Uint8Array.from(encodeSequence(der));
  return new DerReader(der, 'nested').read().der;
};
