import type { SharedNames } from '../fault.ts';
import { issuerNotFound } from './candidates.ts';
import { type CodeRow, namesOfRow } from './code-names.ts';

const READ_ON = 'what does curl print after the number, and with -v before it?';

/** curl's exit statuses that have to do with TLS (libcurl-errors). Most only say where it failed. */
export const exitRows: readonly (CodeRow & { readonly vague?: true; readonly seen?: true })[] = [
  { number: 5, name: 'CURLE_COULDNT_RESOLVE_PROXY', likely: ['DEVCA_FAULT_PROXY_CONNECT'] },
  { number: 6, name: 'CURLE_COULDNT_RESOLVE_HOST', likely: ['DEVCA_FAULT_NAME_NOT_FOUND'], seen: true },
  {
    number: 7,
    name: 'CURLE_COULDNT_CONNECT',
    likely: ['DEVCA_FAULT_PORT_CLOSED'],
    possible: ['DEVCA_FAULT_UNREACHABLE'],
    question: READ_ON,
    vague: true,
    seen: true,
  },
  { number: 28, name: 'CURLE_OPERATION_TIMEDOUT', likely: ['DEVCA_FAULT_TIMEOUT'], seen: true },
  {
    number: 35,
    name: 'CURLE_SSL_CONNECT_ERROR',
    likely: ['DEVCA_FAULT_CIPHER', 'DEVCA_FAULT_VERSION', 'DEVCA_FAULT_TLS_TO_PLAIN'],
    possible: [
      'DEVCA_FAULT_CLIENT_CERT_MISSING',
      'DEVCA_FAULT_CLIENT_CERT_REFUSED',
      'DEVCA_FAULT_CLOSED_IN_HANDSHAKE',
      'DEVCA_FAULT_RESET',
    ],
    question: READ_ON,
    vague: true,
    seen: true,
  },
  {
    number: 51,
    name: 'CURLE_PEER_FAILED_VERIFICATION_OLD',
    likely: ['DEVCA_FAULT_NAME_MISMATCH'],
    possible: ['DEVCA_FAULT_KEY_PINNED'],
    question: READ_ON,
    vague: true,
  },
  {
    number: 52,
    name: 'CURLE_GOT_NOTHING',
    likely: ['DEVCA_FAULT_PLAIN_TO_TLS', 'DEVCA_FAULT_CLIENT_CERT_MISSING'],
    possible: ['DEVCA_FAULT_CLIENT_CERT_REFUSED', 'DEVCA_FAULT_CLOSED_IN_HANDSHAKE'],
    question:
      'is the address http:// for a port that speaks TLS, or does the server ask for a client certificate?',
    vague: true,
    seen: true,
  },
  {
    number: 56,
    name: 'CURLE_RECV_ERROR',
    likely: ['DEVCA_FAULT_CLIENT_CERT_MISSING', 'DEVCA_FAULT_CLIENT_CERT_REFUSED'],
    possible: ['DEVCA_FAULT_RESET', 'DEVCA_FAULT_PROXY_CONNECT'],
    question: READ_ON,
    vague: true,
    seen: true,
  },
  {
    number: 55,
    name: 'CURLE_SEND_ERROR',
    likely: ['DEVCA_FAULT_CLIENT_CERT_MISSING', 'DEVCA_FAULT_CLIENT_CERT_REFUSED'],
    possible: ['DEVCA_FAULT_RESET'],
    question: READ_ON,
    vague: true,
  },
  {
    number: 58,
    name: 'CURLE_SSL_CERTPROBLEM',
    likely: ['DEVCA_FAULT_KEY_MISMATCH', 'DEVCA_FAULT_PEM_INVALID'],
    possible: [
      'DEVCA_FAULT_KEY_PASSPHRASE',
      'DEVCA_FAULT_FILE_MISSING',
      'DEVCA_FAULT_P12_PASSWORD',
      'DEVCA_FAULT_KEY_PERMISSIONS',
    ],
    question:
      'does the key file exist, is it readable, without a passphrase, and does it belong to the certificate ("devca verify CERT --key KEY")?',
    vague: true,
    seen: true,
  },
  { number: 59, name: 'CURLE_SSL_CIPHER', likely: ['DEVCA_FAULT_CIPHER_LIST'], seen: true },
  {
    number: 60,
    name: 'CURLE_PEER_FAILED_VERIFICATION',
    ...issuerNotFound,
    possible: [
      ...issuerNotFound.possible,
      'DEVCA_FAULT_EXPIRED',
      'DEVCA_FAULT_NAME_MISMATCH',
      'DEVCA_FAULT_SELF_SIGNED',
      'DEVCA_FAULT_CLIENT_CERT_EXPIRED',
    ],
    question: READ_ON,
    vague: true,
    seen: true,
  },
  {
    number: 77,
    name: 'CURLE_SSL_CACERT_BADFILE',
    likely: ['DEVCA_FAULT_TRUST_FILE_MISSING'],
    possible: ['DEVCA_FAULT_PEM_INVALID'],
    question: 'does the file exist, and does it hold certificates in PEM form?',
    seen: true,
  },
  { number: 82, name: 'CURLE_SSL_CRL_BADFILE', likely: ['DEVCA_FAULT_CRL_INVALID'] },
  { number: 83, name: 'CURLE_SSL_ISSUER_ERROR', likely: ['DEVCA_FAULT_UNKNOWN_CA'] },
  { number: 90, name: 'CURLE_SSL_PINNEDPUBKEYNOTMATCH', likely: ['DEVCA_FAULT_KEY_PINNED'] },
  { number: 91, name: 'CURLE_SSL_INVALIDCERTSTATUS', likely: ['DEVCA_FAULT_REVOCATION_UNKNOWN'] },
  { number: 97, name: 'CURLE_PROXY', likely: ['DEVCA_FAULT_PROXY_CONNECT'] },
  { number: 98, name: 'CURLE_SSL_CLIENTCERT', likely: ['DEVCA_FAULT_CLIENT_CERT_MISSING'] },
];

export const curlNames: readonly SharedNames[] = exitRows.map((row) => {
  const printed = { curl: [`curl: (${row.number})`] };
  const documented = { curl: [row.name, `curl exit ${row.number}`, `curl error ${row.number}`] };
  const seen = row.seen === true;
  const names = namesOfRow(
    row,
    seen ? printed : {},
    seen ? documented : { curl: [...printed.curl, ...documented.curl] },
  );
  return row.vague === true ? { ...names, vague: true } : names;
});
