import type { CodeRow } from './code-names.ts';

/** One result of OpenSSL's certificate verification: `X509_V_ERR_*`. Node's `code` is the name without the prefix. */
export interface VerifyRow extends CodeRow {
  /** As OpenSSL 3 prints it. */
  readonly text: string;
  /** From which it was seen: OpenSSL prints text and number, Node text and name, others the text alone. */
  readonly seen?: 'openssl' | 'node' | 'both' | 'text';
  /** Those that say something else, though they repeat what OpenSSL prints of most other results. */
  readonly otherwise?: readonly ('curl' | 'python')[];
}
