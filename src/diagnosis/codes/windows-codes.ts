import type { SharedNames } from '../fault.ts';
import { type CodeRow, namesOfRow } from './code-names.ts';

/** Schannel and certificate chain results, from winerror.h. */
const rows: readonly CodeRow[] = [
  { number: 0x80090304, name: 'SEC_E_INTERNAL_ERROR', likely: ['DEVCA_FAULT_PEER_INTERNAL_ERROR'] },
  {
    number: 0x80090308,
    name: 'SEC_E_INVALID_TOKEN',
    likely: ['DEVCA_FAULT_TLS_TO_PLAIN', 'DEVCA_FAULT_PROTOCOL_ERROR'],
    question: 'does the port speak TLS ("devca handshake HOST:PORT")?',
  },
  {
    number: 0x8009030e,
    name: 'SEC_E_NO_CREDENTIALS',
    likely: ['DEVCA_FAULT_CLIENT_CERT_MISSING'],
    possible: ['DEVCA_FAULT_P12_WITHOUT_KEY'],
    question: 'has the certificate its private key in the store, readable for this user?',
  },
  { number: 0x8009030f, name: 'SEC_E_MESSAGE_ALTERED', likely: ['DEVCA_FAULT_PROTOCOL_ERROR'] },
  { number: 0x80090320, name: 'SEC_E_INCOMPLETE_CREDENTIALS', likely: ['DEVCA_FAULT_CLIENT_CERT_MISSING'] },
  { number: 0x80090322, name: 'SEC_E_WRONG_PRINCIPAL', likely: ['DEVCA_FAULT_NAME_MISMATCH'] },
  {
    number: 0x80090325,
    name: 'SEC_E_UNTRUSTED_ROOT',
    likely: ['DEVCA_FAULT_UNKNOWN_CA'],
    possible: ['DEVCA_FAULT_SELF_SIGNED', 'DEVCA_FAULT_ROOT_SENT'],
    question: 'is the last certificate of the chain the root that was expected?',
  },
  {
    number: 0x80090326,
    name: 'SEC_E_ILLEGAL_MESSAGE',
    likely: ['DEVCA_FAULT_VERSION', 'DEVCA_FAULT_CIPHER'],
    possible: ['DEVCA_FAULT_CLIENT_CERT_MISSING', 'DEVCA_FAULT_PROTOCOL_ERROR'],
    question: 'which alert does the System event log name (Schannel 36887)?',
  },
  {
    number: 0x80090327,
    name: 'SEC_E_CERT_UNKNOWN',
    likely: ['DEVCA_FAULT_CLIENT_CERT_REFUSED'],
    possible: ['DEVCA_FAULT_UNKNOWN_CA'],
    question: 'did the client send a certificate?',
  },
  { number: 0x80090328, name: 'SEC_E_CERT_EXPIRED', likely: ['DEVCA_FAULT_EXPIRED'] },
  {
    number: 0x80090331,
    name: 'SEC_E_ALGORITHM_MISMATCH',
    likely: ['DEVCA_FAULT_CIPHER'],
    possible: ['DEVCA_FAULT_VERSION'],
    question: 'does the server allow TLS 1.2?',
  },
  { number: 0x80090349, name: 'SEC_E_CERT_WRONG_USAGE', likely: ['DEVCA_FAULT_WRONG_EKU'] },
  { number: 0x80092010, name: 'CRYPT_E_REVOKED', likely: ['DEVCA_FAULT_REVOKED'] },
  { number: 0x80092012, name: 'CRYPT_E_NO_REVOCATION_CHECK', likely: ['DEVCA_FAULT_REVOCATION_UNKNOWN'] },
  { number: 0x80092013, name: 'CRYPT_E_REVOCATION_OFFLINE', likely: ['DEVCA_FAULT_REVOCATION_UNKNOWN'] },
  { number: 0x80096004, name: 'TRUST_E_CERT_SIGNATURE', likely: ['DEVCA_FAULT_SIGNATURE_INVALID'] },
  { number: 0x80096019, name: 'TRUST_E_BASIC_CONSTRAINTS', likely: ['DEVCA_FAULT_NOT_A_CA'] },
  {
    number: 0x800b0101,
    name: 'CERT_E_EXPIRED',
    likely: ['DEVCA_FAULT_EXPIRED'],
    possible: ['DEVCA_FAULT_NOT_YET_VALID', 'DEVCA_FAULT_ISSUER_EXPIRED'],
    question: 'is the clock right, and which certificate of the chain is it?',
  },
  { number: 0x800b0102, name: 'CERT_E_VALIDITYPERIODNESTING', likely: ['DEVCA_FAULT_ISSUER_EXPIRED'] },
  { number: 0x800b0103, name: 'CERT_E_ROLE', likely: ['DEVCA_FAULT_NOT_A_CA'] },
  {
    number: 0x800b0109,
    name: 'CERT_E_UNTRUSTEDROOT',
    likely: ['DEVCA_FAULT_UNKNOWN_CA'],
    possible: ['DEVCA_FAULT_SELF_SIGNED', 'DEVCA_FAULT_ROOT_SENT'],
    question: 'is the last certificate of the chain the root that was expected?',
  },
  {
    number: 0x800b010a,
    name: 'CERT_E_CHAINING',
    likely: ['DEVCA_FAULT_MISSING_INTERMEDIATE'],
    possible: ['DEVCA_FAULT_UNKNOWN_CA'],
    question: 'how many certificates does the server send?',
  },
  { number: 0x800b010c, name: 'CERT_E_REVOKED', likely: ['DEVCA_FAULT_REVOKED'] },
  { number: 0x800b010e, name: 'CERT_E_REVOCATION_FAILURE', likely: ['DEVCA_FAULT_REVOCATION_UNKNOWN'] },
  { number: 0x800b010f, name: 'CERT_E_CN_NO_MATCH', likely: ['DEVCA_FAULT_NAME_MISMATCH'] },
  { number: 0x800b0110, name: 'CERT_E_WRONG_USAGE', likely: ['DEVCA_FAULT_WRONG_EKU'] },
  { number: 0x800b0111, name: 'TRUST_E_EXPLICIT_DISTRUST', likely: ['DEVCA_FAULT_DISTRUSTED'] },
  { number: 0x800b0114, name: 'CERT_E_INVALID_NAME', likely: ['DEVCA_FAULT_NAME_CONSTRAINT'] },
];

/** By name, in hexadecimal, and as the negative number that some programs print. */
export const windowsNames: readonly SharedNames[] = rows.map((row) =>
  namesOfRow(
    row,
    {},
    { schannel: [row.name, `0x${row.number.toString(16).toUpperCase()}`, String(row.number - 2 ** 32)] },
  ),
);
