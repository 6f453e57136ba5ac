import { DevcaError } from '../errors/devca-error.ts';
import { type Certificate, parseCertificate } from '../pki/certificate.ts';
import { bytesEqual } from '../pki/fingerprint.ts';
import { importPrivateKeyPem } from '../pki/key.ts';
import { decodePem } from '../pki/pem.ts';
import { realWorld, type World } from '../platform/world.ts';
import { certificateLabel } from './certificate-label.ts';
import { issuerPath } from './issuer-path.ts';
import { type ProofOptions, proveCertificate } from './prove-certificate.ts';
import { readSubject } from './read-subject.ts';
import { type SelfTestReport, type SubjectReport, selfTestReport } from './report.ts';
import type { SubjectSource } from './subject-source.ts';

/** What `selfTest` proves. All are PEM texts. */
export interface SelfTestRequest {
  /** The end entity, with its chain behind it unless that is in `chain`. */
  readonly cert: string;
  readonly key: string;
  readonly chain?: string;
  /** The root that has to be trusted; several are possible. */
  readonly root: string;
  /** Its authority's revocation lists, one for each issuer; without them only the twin's are tried. */
  readonly crl?: string;
}

/**
 * Proves a certificate by real handshakes over loopback, about fifty of them in a fifth of a second.
 * Throws DEVCA_PEM_INVALID, DEVCA_CERTIFICATE_NONE, DEVCA_KEY_*, DEVCA_PROOF_KEY_MISMATCH.
 */
export async function selfTest(
  request: SelfTestRequest,
  world: World = realWorld(),
): Promise<SelfTestReport> {
  const certPem = request.chain === undefined ? request.cert : `${request.cert}\n${request.chain}`;
  const [certificate, ...intermediates] = certificatesIn(certPem, 'cert');
  const roots = certificatesIn(request.root, 'root');
  const key = importPrivateKeyPem(request.key, 'key');
  if (!bytesEqual(key.subjectPublicKeyInfo, certificate.subjectPublicKeyInfo))
    throw new DevcaError('DEVCA_PROOF_KEY_MISMATCH', { key: 'key', cert: 'cert' });
  const subject = {
    serial: certificate.serialNumber,
    name: certificateLabel(certificate),
    certificate,
    credentials: { certPem, keyPem: request.key },
    issuers: issuerPath(certificate, intermediates, roots),
    ...(request.crl === undefined ? {} : { crls: [request.crl] }),
  };
  return selfTestReport([await proveCertificate(subject, {}, world)]);
}

/** Checks the files of every subject and proves it by handshakes, one subject after the other. */
export async function proveSources(
  sources: readonly SubjectSource[],
  options: ProofOptions,
  world: World,
): Promise<SelfTestReport> {
  const subjects: SubjectReport[] = [];
  for (const source of sources) subjects.push(await proveSource(source, options, world));
  return selfTestReport(subjects);
}

async function proveSource(
  source: SubjectSource,
  options: ProofOptions,
  world: World,
): Promise<SubjectReport> {
  const { checks, subject, notProvable } = readSubject(source, world);
  const { serial, name } = source;
  if (subject === undefined) {
    return {
      serial,
      name,
      scenarios: checks,
      notes: [],
      ...(notProvable === undefined ? {} : { notProvable }),
    };
  }
  const { scenarios, notes } = await proveCertificate(subject, options, world);
  return { serial, name, scenarios: [...checks, ...scenarios], notes };
}

function certificatesIn(pem: string, source: string): [Certificate, ...Certificate[]] {
  const blocks = decodePem(pem, source);
  const [first, ...further] = blocks
    .filter(({ label }) => label === 'CERTIFICATE')
    .map(({ der }) => parseCertificate(der));
  if (first !== undefined) return [first, ...further];
  throw new DevcaError('DEVCA_CERTIFICATE_NONE', { source, labels: blocks.map(({ label }) => label) });
}
