import { basename } from 'node:path';
import { type Certificate, parseCertificate } from '../pki/certificate.ts';
import { bytesEqual } from '../pki/fingerprint.ts';
import { nameEquals } from '../pki/name.ts';
import { formatName } from '../pki/name-text.ts';
import type { World } from '../platform/world.ts';
import { type FileContent, readContent } from './file-content.ts';
import { type IssuerPath, issuerPath, leadsToRoot } from './issuer-path.ts';
import type { ScenarioResult } from './report.ts';
import type { ProofSubject } from './subject.ts';
import type { SubjectSource } from './subject-source.ts';

export interface ReadSubject {
  /** One row for each file. */
  readonly checks: readonly ScenarioResult[];
  /** `undefined` where the files are too broken for a handshake, or where there is no key. */
  readonly subject: ProofSubject | undefined;
  readonly notProvable?: string;
}

/** Reads the files of a subject as they are, and checks them against each other and against what was recorded. */
export function readSubject(source: SubjectSource, world: Pick<World, 'files' | 'clock'>): ReadSubject {
  const { recorded } = source;
  const contents = source.files.map((file) => {
    const started = world.clock.monotonicMs();
    const content = readContent(file, recorded, world);
    return { content, ms: world.clock.monotonicMs() - started };
  });
  const shown = shownBy(contents.map(({ content }) => content));
  const certificate = shown?.certificates[0] ?? (recorded && parseCertificate(recorded.certificate));
  const rows = contents.map(({ content, ms }) => fileRow(content, keyProblem(content, certificate), ms));
  const checks = source.revokedAt === undefined ? rows : [...rows, revokedRow(source.revokedAt)];
  const key = contents.find(({ content }) => content.file.format === 'key')?.content;
  if (key === undefined) {
    const notProvable = 'its key is not at hand, as it is where a request was signed';
    return { checks, subject: undefined, notProvable };
  }
  const isPair = key.key !== undefined && keyProblem(key, certificate) === undefined;
  if (shown === undefined || certificate === undefined || !isPair) return { checks, subject: undefined };
  const issuers = issuersOf(certificate, shown.certificates.slice(1), source);
  if (issuers === undefined) return { checks, subject: undefined, notProvable: 'no root is at hand' };
  if (source.recorded === undefined) {
    const foreign = foreignRow(certificate, shown.certificates.slice(1), issuers);
    // Every handshake would fail, for this one reason.
    if (foreign !== undefined) return { checks: [...checks, foreign], subject: undefined };
  }
  return {
    checks,
    subject: {
      serial: source.serial,
      name: source.name,
      certificate,
      credentials: { certPem: shown.text, keyPem: key.text, keyFile: key.file.path },
      issuers,
      ...(source.crls === undefined ? {} : { crls: source.crls }),
    },
  };
}

/** What a server would be given: the full chain, else the certificate with the chain beside it. */
function shownBy(contents: readonly FileContent[]): Pick<FileContent, 'text' | 'certificates'> | undefined {
  const has = (format: string) => contents.find(({ file }) => file.format === format);
  const fullchain = has('fullchain');
  if (fullchain !== undefined) return fullchain.certificates.length === 0 ? undefined : fullchain;
  const [cert, chain] = [has('cert'), has('chain')];
  if (cert === undefined || cert.certificates.length === 0) return undefined;
  if (chain === undefined) return cert;
  return { text: `${cert.text}\n${chain.text}`, certificates: [...cert.certificates, ...chain.certificates] };
}

function keyProblem({ file, key }: FileContent, certificate: Certificate | undefined): string | undefined {
  if (key === undefined || certificate === undefined) return undefined;
  if (bytesEqual(key.subjectPublicKeyInfo, certificate.subjectPublicKeyInfo)) return undefined;
  return `the key in "${file.path}" does not belong to the certificate`;
}

function issuersOf(
  certificate: Certificate,
  shown: readonly Certificate[],
  { recorded, roots = [] }: SubjectSource,
): IssuerPath | undefined {
  const [nearest, ...further] = (recorded?.issuers ?? []).map(parseCertificate);
  if (nearest !== undefined) return [nearest, ...further];
  const [first, ...others] = roots.map(parseCertificate);
  return first === undefined ? undefined : issuerPath(certificate, shown, [first, ...others]);
}

function fileRow(content: FileContent, mismatch: string | undefined, ms: number): ScenarioResult {
  const { format, path } = content.file;
  const checked = row(
    `${format}-file`,
    `the ${format} file ${basename(path)}`,
    'sound',
    content.problem ?? mismatch,
    ms,
  );
  return { ...checked, file: path };
}

function foreignRow(
  certificate: Certificate,
  shown: readonly Certificate[],
  issuers: IssuerPath,
): ScenarioResult | undefined {
  const root = issuers.at(-1) ?? issuers[0];
  if (leadsToRoot(certificate, shown, [root])) return undefined;
  const last = shown.find(({ subject }) => nameEquals(subject, certificate.issuer)) ?? certificate;
  const detail = nameEquals(last.issuer, last.subject)
    ? `"${formatName(last.subject)}" signed itself, and is none of the roots: give its root with "--roots"`
    : `none of the roots is "${formatName(last.issuer)}", which issued it: give the chain with "--chain", or its root with "--roots"`;
  return row('chain', 'the chain for a root', 'one of the roots', detail, 0);
}

const revokedRow = (at: Date): ScenarioResult =>
  row(
    'not-revoked',
    'the inventory for a revocation',
    'not revoked',
    `it was revoked on ${at.toISOString()}`,
    0,
  );

function row(
  id: string,
  title: string,
  expected: string,
  detail: string | undefined,
  ms: number,
): ScenarioResult {
  return {
    id,
    title,
    tls: null,
    peer: 'files',
    ends: [],
    expected,
    client: null,
    server: null,
    passed: detail === undefined,
    ms: Math.round(ms * 10) / 10,
    ...(detail === undefined ? {} : { detail }),
  };
}
