import type { Certificate } from '../pki/certificate.ts';
import type { ReferenceName } from '../validation/request.ts';
import type { TargetFinding } from './target-problems.ts';

/** How certificates came. Only `pem`, `der` and `server` have an order that means something. */
export type Form = 'pem' | 'der' | 'pkcs7' | 'pkcs12' | 'jks' | 'kubernetes' | 'server';

/** A certificate as a target has it; `certificate` is undefined where it cannot be parsed. */
export interface PresentedCertificate {
  readonly der: Uint8Array;
  readonly certificate: Certificate | undefined;
  /** Of its `BEGIN` in a text. */
  readonly line?: number;
  /** Hex; that of the key it belongs to. */
  readonly keyId?: string;
  /** In PKCS#12, whether Java takes it for trusted. */
  readonly isTrusted?: boolean;
}

/** A private key that lies beside the certificates: its public half, or why it cannot be read. */
export interface PresentedKey {
  readonly source: string;
  readonly subjectPublicKeyInfo: Uint8Array | undefined;
  readonly problem?: string;
  readonly keyId?: string;
}

/** Certificates that belong together, and the keys beside them. */
export interface Bundle {
  /** Which of several in one file: an alias, a key of a Secret. */
  readonly label?: string;
  readonly certificates: readonly PresentedCertificate[];
  readonly keys: readonly PresentedKey[];
}

export interface Container {
  readonly form: Form;
  readonly bundles: readonly Bundle[];
}

/** One thing to verify: an end entity with what is served or kept beside it. */
export interface Subject extends Bundle {
  readonly target: string;
  readonly form: Form;
  /** The file that it was read from, for annotations. */
  readonly file?: string;
  /** What was found while it was read, such as modes. */
  readonly findings: readonly TargetFinding[];
  /** Expected where the command line names nothing. */
  readonly names?: readonly ReferenceName[];
  readonly purpose?: 'server' | 'client';
}

/** A target, or a part of one, that could not be verified at all. */
export interface Unreadable {
  readonly target: string;
  readonly file?: string;
  readonly error: {
    readonly code: string;
    readonly message: string;
    readonly hints: readonly string[];
    readonly exitStatus: number;
  };
}

/** What reading a target came to. */
export interface Reading {
  readonly subjects: readonly Subject[];
  readonly unreadable: readonly Unreadable[];
  /** Files of a folder that are no target of their own, and why. */
  readonly leftOut: readonly { readonly file: string; readonly reason: string }[];
}
