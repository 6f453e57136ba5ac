import type { Candidates, FaultCode } from '../fault.ts';

const ISSUER_QUESTION =
  'how many certificates does the server send ("devca handshake HOST:PORT" shows them)? One alone means that the intermediate is missing; a complete chain to a root that the client does not have means that the root is not trusted; a product name as the issuer means a proxy';

/** At a server these are about the client's certificate. */
export const unknownClient: Candidates = {
  likely: ['DEVCA_FAULT_CLIENT_CERT_UNKNOWN_ISSUER'],
  possible: [],
  question: 'does the client send its intermediate, and has the server the root?',
};

/** An issuer that cannot be found, whoever words it. */
export const issuerNotFound: Candidates & { readonly atServer: Candidates } = {
  likely: ['DEVCA_FAULT_UNKNOWN_CA', 'DEVCA_FAULT_MISSING_INTERMEDIATE'],
  possible: ['DEVCA_FAULT_TRUST_STALE', 'DEVCA_FAULT_TRUST_OVERRIDDEN', 'DEVCA_FAULT_PROXY_INTERCEPTION'],
  question: ISSUER_QUESTION,
  atServer: unknownClient,
};

/** A client that refused the server's certificate without saying more. */
export const refusedServer: Candidates = {
  likely: ['DEVCA_FAULT_UNKNOWN_CA', 'DEVCA_FAULT_NAME_MISMATCH'],
  possible: [
    'DEVCA_FAULT_MISSING_INTERMEDIATE',
    'DEVCA_FAULT_SELF_SIGNED',
    'DEVCA_FAULT_EXPIRED',
    'DEVCA_FAULT_NOT_YET_VALID',
    'DEVCA_FAULT_WRONG_EKU',
    'DEVCA_FAULT_WEAK_KEY',
    'DEVCA_FAULT_WEAK_SIGNATURE',
    'DEVCA_FAULT_NAME_CONSTRAINT',
    'DEVCA_FAULT_CRITICAL_EXTENSION',
    'DEVCA_FAULT_NO_SAN',
    'DEVCA_FAULT_IP_MISMATCH',
    'DEVCA_FAULT_NOT_A_CA',
    'DEVCA_FAULT_PATH_LENGTH',
    'DEVCA_FAULT_ISSUER_EXPIRED',
    'DEVCA_FAULT_WRONG_KEY_USAGE',
    'DEVCA_FAULT_CA_AS_END_ENTITY',
    'DEVCA_FAULT_SIGNATURE_INVALID',
    'DEVCA_FAULT_REVOKED',
    'DEVCA_FAULT_CRL_MISSING',
    'DEVCA_FAULT_CRL_EXPIRED',
  ],
  question:
    'run "devca verify HOST:PORT --host NAME" with the name that the client uses: what does it object to?',
};

/** A row that means one fault. */
export const one = (code: FaultCode): { readonly likely: readonly FaultCode[] } => ({ likely: [code] });
