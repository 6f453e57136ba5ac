import { DevcaError } from '../errors/devca-error.ts';
import { readCertificationRequest } from '../pki/certification-request-file.ts';
import { OID, oidText } from '../pki/oid.ts';
import type { World } from '../platform/world.ts';
import type { Profile } from '../profiles/profile.ts';
import { findProfile } from './find-profile.ts';
import type { IssueRequest } from './issue.ts';
import { checkRequestedExtensions } from './request-extensions.ts';
import { provenKey } from './request-key.ts';
import { requestedNames } from './request-names.ts';

/** A request file is a key, some names and a signature: one with a thousand names has 100 KB. */
export const LARGEST_REQUEST = 256 * 1024;

export interface RequestReading {
  readonly request: IssueRequest;
  /** What the certificate will not have, and other things to know. */
  readonly warnings: readonly string[];
}

/**
 * What a PKCS#10 request comes to: its key, whose possession it proves, and its names, unless `base` has names of its
 * own. All else is for the profile to say. `base` is what the command line asks for besides.
 * Throws DEVCA_FILE_TOO_LARGE, DEVCA_CSR_*, DEVCA_NAME_INVALID, DEVCA_PEM_INVALID, DEVCA_DER_INVALID, DEVCA_PROFILE_*.
 */
export function requestFromCsr(
  bytes: Uint8Array,
  source: string,
  base: IssueRequest,
  home: string,
  world: World,
): RequestReading {
  if (bytes.length > LARGEST_REQUEST)
    throw new DevcaError('DEVCA_FILE_TOO_LARGE', {
      path: source,
      bytes: bytes.length,
      limit: LARGEST_REQUEST,
    });
  const csr = readCertificationRequest(bytes, source);
  const publicKey = provenKey(csr, source);
  const profile: Profile = findProfile(base.profile ?? 'server', home, world);
  const leftOut = checkRequestedExtensions(csr, profile, source);
  const named = base.names.length > 0 ? base : requestedNames(csr, profile, base, source);
  const attributes = csr.subject.rdns.flat().map(({ type }) => type);
  const others = attributes.filter((type) => type !== OID.commonName).map(oidText);
  const warnings = [
    ...leftOutWarning(others, 'the subject has a common name alone'),
    ...leftOutWarning(
      leftOut,
      `what the certificate may be used for comes from the profile "${profile.name}"`,
    ),
  ];
  return { request: { ...named, ...base, names: named.names, publicKey }, warnings };
}

function leftOutWarning(things: readonly string[], why: string): string[] {
  return things.length === 0
    ? []
    : [`left out of the request: ${[...new Set(things)].join(', ')}, since ${why}`];
}
