import { isCa } from '../pki/certificate.ts';
import { bytesToHex } from '../pki/fingerprint.ts';
import { nameKey } from '../pki/name.ts';
import { endEntityIndex } from './end-entity.ts';
import type { PresentedCertificate, Subject } from './presented.ts';

/**
 * A subject, and one more for each further end entity in the same file: a file of several servers' certificates is good
 * only where all of them are. The further ones come with the authorities of the file that lead up from them.
 */
export function withFurtherSubjects(subject: Subject): readonly Subject[] {
  const { certificates, target } = subject;
  const first = certificates[endEntityIndex(subject)];
  const seen = new Set(first === undefined ? [] : [bytesToHex(first.der)]);
  const authorities = authoritiesBySubject(certificates);
  const further: Subject[] = [];
  for (const [position, each] of certificates.entries()) {
    const key = bytesToHex(each.der);
    if (each.certificate === undefined || isCa(each.certificate) || seen.has(key)) continue;
    seen.add(key);
    if (first !== undefined && isIssuerOf(each, first)) continue;
    further.push({
      ...subject,
      target: `${target} (certificate ${position + 1})`,
      certificates: [each, ...issuersOf(each, authorities)],
      keys: [],
      findings: [],
    });
  }
  return [subject, ...further];
}

function authoritiesBySubject(
  certificates: readonly PresentedCertificate[],
): ReadonlyMap<string, readonly PresentedCertificate[]> {
  const authorities = new Map<string, PresentedCertificate[]>();
  for (const each of certificates) {
    if (each.certificate === undefined || !isCa(each.certificate)) continue;
    const key = nameKey(each.certificate.subject);
    authorities.set(key, [...(authorities.get(key) ?? []), each]);
  }
  return authorities;
}

/** More than any chain has, so that a file of thousands is not compared all with all. */
const MOST_ISSUERS = 50;

/** Those whose names lead up from a certificate, nearest first. */
function issuersOf(
  from: PresentedCertificate,
  authorities: ReadonlyMap<string, readonly PresentedCertificate[]>,
): readonly PresentedCertificate[] {
  const found = new Set([from]);
  // A set is walked in the order of insertion, also over what is put in on the way.
  for (const { certificate } of found) {
    const issuers = certificate === undefined ? [] : (authorities.get(nameKey(certificate.issuer)) ?? []);
    for (const issuer of issuers) if (found.size <= MOST_ISSUERS) found.add(issuer);
  }
  found.delete(from);
  return [...found];
}

/** An issuer that is no authority is no end entity either, but what is wrong with the first. */
const isIssuerOf = (issuer: PresentedCertificate, child: PresentedCertificate): boolean =>
  issuer.certificate !== undefined &&
  child.certificate !== undefined &&
  nameKey(issuer.certificate.subject) === nameKey(child.certificate.issuer);
