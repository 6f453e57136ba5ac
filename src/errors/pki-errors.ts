import { entry } from './entry.ts';

/** Bytes and names that are not what they should be. */
export const pkiErrors = {
  DEVCA_DER_INVALID: entry<{ what: string; reason: string; offset: number }>({
    exit: 1,
    what: (c) => `the ${c.what} is not valid DER: ${c.reason} at byte ${c.offset}`,
    fix: () => ['check that the file is complete and has not been edited'],
    see: 'X.690 section 10',
  }),
  DEVCA_CERTIFICATE_NONE: entry<{ source: string; labels: readonly string[] }>({
    exit: 1,
    what: (c) =>
      `there is no certificate in "${c.source}"${c.labels.length === 0 ? '' : `, only ${c.labels.join(', ')}`}`,
    fix: () => ['give a file with a certificate, in PEM (with "BEGIN CERTIFICATE") or DER form'],
  }),
  DEVCA_PEM_INVALID: entry<{ source: string; reason: string; line: number }>({
    exit: 1,
    what: (c) => `"${c.source}" is not valid PEM: ${c.reason} at line ${c.line}`,
    fix: () => ['check that the file is complete and has not been edited'],
    see: 'RFC 7468',
  }),
};
