import type { Certificate } from '../pki/certificate.ts';
import type { GeneralName } from '../pki/general-name.ts';
import { OID } from '../pki/oid.ts';
import type { IssuerPath } from './issuer-path.ts';
import type { Credentials, End } from './peer.ts';

/** A certificate that is put to the proof, with its key, as they are on disk. */
export interface ProofSubject {
  readonly serial: string;
  readonly name: string;
  /** The end entity. */
  readonly certificate: Certificate;
  /** What is shown in handshakes: the texts of the very files. */
  readonly credentials: Credentials;
  /** The certificates above it, nearest first, the root last. */
  readonly issuers: IssuerPath;
  /** PEM of its authority's revocation lists, all of them, where they are at hand and current. */
  readonly crls?: readonly string[];
}

/** Whether a certificate may be used at an end; without extendedKeyUsage at both (RFC 5280 section 4.2.1.12). */
export function mayPlay(end: End, { extendedKeyUsage }: Certificate): boolean {
  if (extendedKeyUsage === undefined) return true;
  return extendedKeyUsage.includes(PURPOSES[end]) || extendedKeyUsage.includes(OID.anyExtendedKeyUsage);
}

/** The object identifier of the purpose that an end needs. */
export const PURPOSES = { server: OID.serverAuth, client: OID.clientAuth } as const satisfies Record<
  End,
  string
>;

/** Host names and addresses that a client may demand; a wildcard is demanded as a name below it. */
export const demandedNames = (names: readonly GeneralName[]): string[] =>
  names.flatMap((name) => {
    if (name.kind === 'iPAddress') return [name.value];
    return name.kind === 'dNSName' ? [name.value.replace(/^\*\./, 'devca-proof.')] : [];
  });
