/** A name that the end entity must have. */
export interface ReferenceName {
  readonly kind: 'dns' | 'ip' | 'email' | 'uri';
  readonly value: string;
}

/**
 * `rfc5280` is the standard to the letter. `webpki` is what the web's clients take: weak keys and signatures are
 * refused, and what only binds public authorities is a warning.
 */
export type ValidationPolicy = 'rfc5280' | 'webpki';

/** `end-entity` and `required` fail where a status is unknown; `if-available` only where a list says revoked. */
export type RevocationMode = 'off' | 'if-available' | 'end-entity' | 'required';

/** What a path has to fulfil. */
export interface VerificationRules {
  readonly at: Date;
  readonly name?: ReferenceName;
  /** `server` by default. */
  readonly purpose?: 'server' | 'client' | 'any';
  /** Dotted object identifiers, all of which must be allowed, instead of `purpose`. */
  readonly extendedKeyUsage?: readonly string[];
  /** Intermediates between end entity and anchor; self-issued ones do not count. */
  readonly maxDepth?: number;
  /** `off` by default. */
  readonly revocation?: RevocationMode;
  /** `webpki` by default. */
  readonly policy?: ValidationPolicy;
  readonly policies?: PolicyRequest;
}

/** Certificates and lists are DER or PEM; one PEM text may hold several. */
export interface VerificationRequest extends VerificationRules {
  readonly endEntity: Uint8Array | string;
  /** Candidates in any order; duplicates and strangers are allowed. */
  readonly intermediates?: readonly (Uint8Array | string)[];
  /** Each is trusted as it is, whoever signed it, and its own constraints apply. */
  readonly trustAnchors: readonly (Uint8Array | string)[];
  readonly crls?: readonly (Uint8Array | string)[];
}

/** The inputs of RFC 5280 section 6.1.1 (c), (e), (f) and (g). */
export interface PolicyRequest {
  /** Dotted object identifiers; any policy will do where it is left out. */
  readonly initial?: readonly string[];
  readonly requireExplicit?: boolean;
  readonly inhibitMapping?: boolean;
  readonly inhibitAny?: boolean;
}
