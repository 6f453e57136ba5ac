import { entry } from './entry.ts';
import { shellWord } from './shell-word.ts';

/** Targets of a verification, and the containers that certificates come in. */
export const verifyErrors = {
  DEVCA_TARGET_EMPTY: entry<{ source: string }>({
    exit: 1,
    what: (c) => `"${c.source}" is empty`,
    fix: () => ['give a file with a certificate, in PEM (with "BEGIN CERTIFICATE") or DER form'],
  }),
  DEVCA_TARGET_UNRECOGNIZED: entry<{ source: string; detail: string; offset: number }>({
    exit: 1,
    what: (c) => `"${c.source}" holds no certificate in any known form: ${c.detail} at byte ${c.offset}`,
    fix: () => [
      'give PEM, DER, PKCS#7, PKCS#12, JKS or a Kubernetes Secret; what it is goes by its content, not by its name',
    ],
  }),
  DEVCA_TARGET_FOLDER_EMPTY: entry<{ path: string; files: number; leftOut: number }>({
    exit: 1,
    what: (c) =>
      `the folder "${c.path}" has no certificate to verify (${c.files} files, ${c.leftOut} of them of other kinds)`,
    fix: (c) => [`look at it with "ls -la ${shellWord(c.path)}", or give the files by name`],
  }),
  DEVCA_TARGET_FOLDER_LIMIT: entry<{ path: string; limit: number }>({
    exit: 1,
    what: (c) => `the folder "${c.path}" has more than ${c.limit} files`,
    fix: () => ['give the folder that the certificates are in, or the files by name'],
  }),
  DEVCA_TARGET_NO_CERTIFICATE: entry<{ target: string; detail: string }>({
    exit: 1,
    what: (c) => `${c.target} showed no certificate: ${c.detail}`,
    fix: (c) => [
      'check that TLS begins at once on this port',
      `run "devca handshake ${shellWord(c.target)}" to see what was said`,
    ],
    see: 'RFC 8446 section 4.4.2',
  }),
  DEVCA_TARGET_NOT_DELIVERED: entry<{ name: string; serial: string }>({
    exit: 1,
    what: (c) =>
      `the certificate ${c.serial} of "${c.name}" was not delivered to any file that could be read`,
    fix: () => ['run "devca issue" for its names again, or give the file that is deployed'],
  }),
  DEVCA_ROOTS_EMPTY: entry<{ source: string }>({
    exit: 1,
    what: (c) => `there is no root in "${c.source}"`,
    fix: () => ['give a file with the roots to trust, with "--roots"'],
    see: 'RFC 5280 section 6.1.1',
  }),
  DEVCA_ROOTS_SYSTEM_UNKNOWN: entry<{ looked: readonly string[] }>({
    exit: 1,
    what: (c) => `the system's roots were not found: neither of ${c.looked.join(', ')} is there`,
    fix: () => ['install the package "ca-certificates", or give a file with "--roots"'],
  }),
  DEVCA_CRL_NONE: entry<{ source: string; labels: readonly string[] }>({
    exit: 1,
    what: (c) =>
      `there is no revocation list in "${c.source}"${c.labels.length === 0 ? '' : `, only ${c.labels.join(', ')}`}`,
    fix: () => ['give a file with revocation lists, in PEM (with "BEGIN X509 CRL") or DER form'],
    see: 'RFC 5280 section 5.1',
  }),
  DEVCA_PASSWORD_MISSING: entry<{ source: string }>({
    exit: 1,
    what: (c) => `"${c.source}" is protected by a password, and none was given`,
    fix: () => ['put the password into a file of mode 0600 and give that with "--password-file"'],
    see: 'RFC 7292 section 4',
  }),
  DEVCA_PASSWORD_WRONG: entry<{ source: string }>({
    exit: 1,
    what: (c) => `the password for "${c.source}" is wrong, or the file was changed after it was made`,
    fix: () => [
      'check the first line of the file that "--password-file" names: only its line end is left out',
      'a store that devca wrote can be written again under another, with "devca export"',
    ],
    see: 'RFC 7292 section 5.1',
  }),
  DEVCA_PKCS12_UNSUPPORTED: entry<{ source: string; algorithm: string }>({
    exit: 1,
    what: (c) => `"${c.source}" is protected by ${c.algorithm}, which devca does not read`,
    fix: (c) => [
      `run "openssl pkcs12 -legacy -nokeys -in ${shellWord(c.source)} -out certificates.pem" and verify what it wrote`,
    ],
    see: 'RFC 7292 appendix C',
  }),
  DEVCA_JKS_INVALID: entry<{ source: string; reason: string; offset: number }>({
    exit: 1,
    what: (c) => `"${c.source}" is not a valid Java key store: ${c.reason} at byte ${c.offset}`,
    fix: () => ['check that the file is complete and has not been edited'],
  }),
  DEVCA_SECRET_INVALID: entry<{ source: string; reason: string; line: number }>({
    exit: 1,
    what: (c) => `"${c.source}" is not a Kubernetes Secret that can be read: ${c.reason} at line ${c.line}`,
    fix: () => [
      'give what "kubectl get secret NAME -o yaml" prints: a mapping with "kind: Secret" and "data" in base64',
    ],
  }),
};
