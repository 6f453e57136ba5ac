import { isDevcaError } from '../errors/devca-error.ts';
import { type Certificate, parseCertificate } from '../pki/certificate.ts';
import { describePublicKey } from '../pki/certificate-text.ts';
import { findExtension } from '../pki/extensions/extension.ts';
import { bytesEqual, sha256Hex } from '../pki/fingerprint.ts';
import { formatGeneralName } from '../pki/general-name.ts';
import { nameEquals } from '../pki/name.ts';
import { formatName } from '../pki/name-text.ts';
import { OID, oidText } from '../pki/oid.ts';
import { firstMessage, type Side, type Transcript } from './transcript.ts';

/** A certificate as the other side sent it. */
export interface ServedCertificate {
  readonly position: number;
  readonly sha256: string;
  readonly bytes: number;
  readonly subject: string;
  readonly issuer: string;
  readonly serial: string;
  readonly notBefore: string;
  readonly notAfter: string;
  readonly names: readonly string[];
  /** Such as `EC P-256` or `RSA 2048 bits`. */
  readonly key: string;
  readonly signatureAlgorithm: string;
  /** Subject and issuer are the same name. */
  readonly selfIssued: boolean;
  /** Signed certificate timestamps inside the certificate. */
  readonly hasEmbeddedScts: boolean;
  /** Why it cannot be read; the fields above are empty then. */
  readonly malformed?: string;
}

/** How a chain was put together by who serves it. Positions count from 0, the end entity. */
export interface ServedChain {
  readonly certificates: readonly ServedCertificate[];
  /** Sent more than once. */
  readonly duplicates: readonly number[];
  /** Does not issue the certificate before it, though another order would fit. */
  readonly misplaced: readonly number[];
  /** Belongs to no place in the chain. */
  readonly unrelated: readonly number[];
  /** A self-issued certificate at the top: the client has its root itself. */
  readonly rootSent: number | undefined;
  /** Where the chain ends, if not at a self-issued certificate. */
  readonly openEnd: OpenEnd | undefined;
}

export interface OpenEnd {
  readonly position: number;
  /** The name of the issuer that was not sent. */
  readonly issuer: string;
  readonly issuerDer: Uint8Array;
  /** Where the certificate says that its issuer can be had. */
  readonly urls: readonly string[];
}

/** The chain that a side sent, compressed or not. */
export function sentChain(transcript: Transcript, side: Side): readonly Uint8Array[] {
  const message =
    firstMessage(transcript, 'certificate', side) ?? firstMessage(transcript, 'compressed_certificate', side);
  return (message?.certificates ?? []).map(({ der }) => der);
}

export const servedChain = (transcript: Transcript, side: Side): ServedChain =>
  describeServedChain(sentChain(transcript, side));

/** Looks at the order and completeness of a chain as it was served. Signatures are validation's business. */
export function describeServedChain(chain: readonly Uint8Array[]): ServedChain {
  const parsed = chain.map(parseServed);
  const certificates = parsed.map(({ certificate, reason }, position) =>
    describe(chain[position] ?? new Uint8Array(), position, certificate, reason),
  );
  const duplicates = certificates
    .filter(({ sha256, position }) => certificates.findIndex((other) => other.sha256 === sha256) < position)
    .map(({ position }) => position);
  const path = pathPositions(parsed, duplicates);
  const rest = certificates
    .map(({ position }) => position)
    .filter((position) => !duplicates.includes(position));
  const unrelated = rest.filter((position) => !path.includes(position));
  const served = rest.filter((position) => path.includes(position));
  const misplaced = served.filter((position, index) => path[index] !== position);
  const top = path.at(-1);
  const last = top === undefined ? undefined : parsed[top]?.certificate;
  const closed = last === undefined || nameEquals(last.subject, last.issuer);
  return {
    certificates,
    duplicates,
    misplaced,
    unrelated,
    rootSent: closed && top !== undefined && top > 0 && last !== undefined ? top : undefined,
    openEnd:
      closed || top === undefined
        ? undefined
        : {
            position: top,
            issuer: formatName(last.issuer),
            issuerDer: last.issuer.der,
            urls: issuerUrls(last),
          },
  };
}

/** Follows issuers from the end entity on, over what was served in whatever order. */
function pathPositions(parsed: readonly Parsed[], duplicates: readonly number[]): number[] {
  const path: number[] = [];
  let current = parsed[0]?.certificate;
  if (current === undefined) return parsed.length > 0 ? [0] : [];
  path.push(0);
  while (!nameEquals(current.subject, current.issuer)) {
    const child: Certificate = current;
    const next = parsed.findIndex(
      ({ certificate }, position) =>
        certificate !== undefined &&
        !path.includes(position) &&
        !duplicates.includes(position) &&
        issues(certificate, child),
    );
    const found = parsed[next]?.certificate;
    if (found === undefined) break;
    path.push(next);
    current = found;
  }
  return path;
}

/** By name, and by key identifier where both have one: two issuers may share a name. */
function issues(issuer: Certificate, child: Certificate): boolean {
  if (!nameEquals(issuer.subject, child.issuer)) return false;
  const wanted = child.authorityKeyIdentifier?.keyIdentifier;
  const present = issuer.subjectKeyIdentifier;
  return wanted === undefined || present === undefined || bytesEqual(wanted, present);
}

interface Parsed {
  readonly certificate: Certificate | undefined;
  readonly reason: string | undefined;
}

function parseServed(der: Uint8Array): Parsed {
  try {
    return { certificate: parseCertificate(der), reason: undefined };
  } catch (error) {
    if (!isDevcaError(error)) throw error;
    return { certificate: undefined, reason: error.message };
  }
}

function describe(
  der: Uint8Array,
  position: number,
  certificate: Certificate | undefined,
  reason: string | undefined,
): ServedCertificate {
  const common = { position, sha256: sha256Hex(der), bytes: der.length };
  if (certificate === undefined) {
    const nothing = { subject: '', issuer: '', serial: '', notBefore: '', notAfter: '', key: '' };
    const rest = { signatureAlgorithm: '', selfIssued: false, hasEmbeddedScts: false, names: [] };
    return { ...common, ...nothing, ...rest, malformed: reason ?? 'unreadable' };
  }
  return {
    ...common,
    subject: formatName(certificate.subject),
    issuer: formatName(certificate.issuer),
    serial: certificate.serialNumber,
    notBefore: certificate.notBefore.toISOString(),
    notAfter: certificate.notAfter.toISOString(),
    names: (certificate.subjectAltName ?? []).map(formatGeneralName),
    key: describePublicKey(certificate),
    signatureAlgorithm: oidText(certificate.signatureAlgorithm.oid),
    selfIssued: nameEquals(certificate.subject, certificate.issuer),
    hasEmbeddedScts: findExtension(certificate.extensions, EMBEDDED_SCTS) !== undefined,
  };
}

/** RFC 6962 section 3.3. */
const EMBEDDED_SCTS = '1.3.6.1.4.1.11129.2.4.2';

function issuerUrls(certificate: Certificate): string[] {
  return (certificate.authorityInfoAccess ?? [])
    .filter(({ method }) => method === OID.caIssuers)
    .map(({ location }) => ('value' in location ? location.value : ''))
    .filter((url) => url !== '');
}
