/** A file that a certificate was delivered in, or that was named on the command line. */
export interface SubjectFile {
  readonly path: string;
  /** What it should hold: `cert`, `key`, `chain`, `fullchain`, `root`; of any other only the hash is compared. */
  readonly format: string;
  /** Lower-case hex, as it was delivered. */
  readonly sha256?: string;
}

/** Where a subject comes from. Certificates are DER. */
export interface SubjectSource {
  readonly serial: string;
  readonly name: string;
  readonly files: readonly SubjectFile[];
  /** What the files must hold, where an inventory knows: the certificates above are nearest first, the root last. */
  readonly recorded?: { readonly certificate: Uint8Array; readonly issuers: readonly Uint8Array[] };
  /** Roots that may have issued it, where no inventory knows. */
  readonly roots?: readonly Uint8Array[];
  readonly revokedAt?: Date;
  /** PEM of its authority's revocation lists, where they are all at hand and current. */
  readonly crls?: readonly string[];
}
