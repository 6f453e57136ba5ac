import { issuerNotFound } from '../codes/candidates.ts';
import type { SharedNames } from '../fault.ts';

/** Other libraries than OpenSSL do not tell a self-signed certificate from an unknown issuer. */
const anyUnknownIssuer = {
  ...issuerNotFound,
  possible: [
    ...issuerNotFound.possible,
    'DEVCA_FAULT_SELF_SIGNED',
    'DEVCA_FAULT_ROOT_SENT',
    'DEVCA_FAULT_SIGNATURE_INVALID',
  ],
} as const;

/** Wordings in which clients put several faults of a certificate together. */
export const certificateNames: readonly SharedNames[] = [
  {
    ...anyUnknownIssuer,
    observed: {
      go: ['x509: certificate signed by unknown authority'],
      java: ['PKIX path building failed', 'unable to find valid certification path to requested target'],
      rustls: ['invalid peer certificate: UnknownIssuer'],
      firefox: ['SEC_ERROR_UNKNOWN_ISSUER'],
      gnutls: ['The certificate issuer is unknown'],
      wget: ["The certificate of … doesn't have a known issuer"],
    },
    documented: {
      rustls: ['UnknownIssuer'],
      apple: ['“ … ” certificate is not trusted'],
      firefox: ['The certificate is not trusted because the issuer certificate is unknown'],
    },
  },
  {
    ...anyUnknownIssuer,
    possible: [...anyUnknownIssuer.possible, 'DEVCA_FAULT_BROWSER_OLD_STORE'],
    observed: { chrome: ['ERR_CERT_AUTHORITY_INVALID'] },
    documented: {
      apple: ['This Connection Is Not Private'],
      dotnet: [
        'The remote certificate is invalid because of errors in the certificate chain',
        'RemoteCertificateChainErrors',
      ],
      chrome: ['net_error -202'],
    },
  },
  {
    likely: ['DEVCA_FAULT_UNKNOWN_CA'],
    possible: [
      'DEVCA_FAULT_MISSING_INTERMEDIATE',
      'DEVCA_FAULT_SELF_SIGNED',
      'DEVCA_FAULT_ROOT_SENT',
      'DEVCA_FAULT_EXPIRED',
      'DEVCA_FAULT_ISSUER_EXPIRED',
      'DEVCA_FAULT_NOT_YET_VALID',
      'DEVCA_FAULT_WEAK_SIGNATURE',
      'DEVCA_FAULT_NAME_CONSTRAINT',
      'DEVCA_FAULT_NOT_A_CA',
      'DEVCA_FAULT_PATH_LENGTH',
      'DEVCA_FAULT_CRITICAL_EXTENSION',
      'DEVCA_FAULT_SIGNATURE_INVALID',
    ],
    question: 'run "devca verify HOST:PORT": what does it object to? GnuTLS has one text for all of these',
    observed: { git: ['server certificate verification failed. CAfile'] },
    documented: {},
  },
  {
    likely: ['DEVCA_FAULT_EXPIRED'],
    possible: ['DEVCA_FAULT_ISSUER_EXPIRED', 'DEVCA_FAULT_NOT_YET_VALID', 'DEVCA_FAULT_CLOCK_WRONG'],
    question:
      'which date is wrong: that of the end entity, of one above it ("devca verify HOST:PORT"), or of this machine ("date -u")?',
    observed: { chrome: ['ERR_CERT_DATE_INVALID'] },
    documented: {
      dotnet: ['errors in the certificate chain: NotTimeValid', 'X509ChainStatusFlags.NotTimeValid'],
      go: ['x509: certificate has expired or is not yet valid'],
      schannel: ['CERT_TRUST_IS_NOT_TIME_VALID'],
      chrome: ['net_error -201'],
    },
  },
  {
    likely: ['DEVCA_FAULT_EXPIRED', 'DEVCA_FAULT_NOT_YET_VALID'],
    possible: ['DEVCA_FAULT_ISSUER_EXPIRED', 'DEVCA_FAULT_CLOCK_WRONG'],
    question: 'which exception is the cause: CertificateExpiredException or CertificateNotYetValidException?',
    observed: { java: ['PKIX path validation failed … validity check failed'] },
    documented: { java: ['timestamp check failed'] },
  },
  {
    likely: ['DEVCA_FAULT_NAME_MISMATCH'],
    possible: ['DEVCA_FAULT_NO_SAN', 'DEVCA_FAULT_IP_MISMATCH', 'DEVCA_FAULT_WILDCARD_LOCALHOST'],
    question:
      'does the certificate have a subjectAltName at all, and is the address a name or an IP address?',
    observed: {
      chrome: ['ERR_CERT_COMMON_NAME_INVALID'],
      firefox: ['SSL_ERROR_BAD_CERT_DOMAIN'],
      node: ['ERR_TLS_CERT_ALTNAME_INVALID'],
      curl: ['no alternative certificate subject name matches target host name'],
      rustls: ['certificate not valid for name'],
      gnutls: ['The name in the certificate does not match the expected'],
      wget: ["The certificate's owner does not match hostname"],
      git: ['certificate subject name … does not match target host name'],
      ruby: ['hostname … does not match the server certificate'],
      php: ['Peer certificate subjectAltName did not match expected name'],
    },
    documented: {
      curl: [
        'does not match target host name',
        'no alternative certificate subject name matches target ipv4 address',
        'unable to obtain common name from peer certificate',
      ],
      php: ['Peer certificate CN … did not match expected CN'],
      chrome: ['net_error -200'],
    },
  },
  {
    likely: ['DEVCA_FAULT_WRONG_EKU', 'DEVCA_FAULT_NAME_CONSTRAINT'],
    possible: [
      'DEVCA_FAULT_WEAK_SIGNATURE',
      'DEVCA_FAULT_NOT_A_CA',
      'DEVCA_FAULT_PATH_LENGTH',
      'DEVCA_FAULT_CRITICAL_EXTENSION',
      'DEVCA_FAULT_CA_AS_END_ENTITY',
      'DEVCA_FAULT_CERTIFICATE_MALFORMED',
    ],
    question: 'run "devca verify HOST:PORT": what does it object to? Chrome has one code for all of these',
    observed: { chrome: ['ERR_CERT_INVALID'] },
    documented: {
      dotnet: ['The remote certificate is invalid according to the validation procedure'],
      chrome: ['net_error -207'],
    },
  },
  {
    likely: ['DEVCA_FAULT_NOT_A_CA'],
    possible: ['DEVCA_FAULT_WRONG_KEY_USAGE', 'DEVCA_FAULT_CA_AS_END_ENTITY'],
    question: "is it the key usage of the server's own certificate or of one above it?",
    observed: { firefox: ['SEC_ERROR_INADEQUATE_KEY_USAGE'] },
    documented: {},
  },
  {
    likely: ['DEVCA_FAULT_NAME_CONSTRAINT'],
    possible: ['DEVCA_FAULT_NOT_A_CA', 'DEVCA_FAULT_PATH_LENGTH'],
    question:
      'which extension of the authority is in the way: name constraints, basic constraints or path length?',
    observed: { gnutls: ["The certificate chain violates the signer's constraints"] },
    documented: {},
  },
  {
    likely: ['DEVCA_FAULT_SIGNATURE_INVALID'],
    possible: ['DEVCA_FAULT_WEAK_KEY'],
    question: 'is there an RSA key of fewer than 2048 bits in the chain? rustls calls that a bad signature',
    observed: { rustls: ['invalid peer certificate: BadSignature'] },
    documented: { rustls: ['InvalidCertificateSignature', 'InvalidSignatureForPublicKey'] },
  },
  {
    likely: ['DEVCA_FAULT_CRL_MISSING'],
    possible: ['DEVCA_FAULT_CRL_EXPIRED', 'DEVCA_FAULT_REVOCATION_UNKNOWN'],
    question: 'was a revocation list given, and is its nextUpdate in the future?',
    observed: { java: ['Could not determine revocation status'] },
    documented: { java: ['Unable to determine revocation status'] },
  },
  {
    likely: ['DEVCA_FAULT_CLIENT_CERT_UNKNOWN_ISSUER'],
    possible: [
      'DEVCA_FAULT_CLIENT_CERT_EXPIRED',
      'DEVCA_FAULT_CLIENT_CERT_WRONG_EKU',
      'DEVCA_FAULT_CLIENT_CERT_REVOKED',
      'DEVCA_FAULT_CRL_MISSING',
    ],
    question:
      'run "devca verify CERT --purpose client --roots CAFILE" with the files of client and server: what does it object to?',
    observed: {
      haproxy: ['SSL client certificate not trusted', 'SSL client CA chain cannot be verified'],
      postgresql: ['could not accept SSL connection: certificate verify failed'],
      redis: ['Error accepting a client connection … certificate verify failed'],
      openssl: ['tls_process_client_certificate:certificate verify failed'],
    },
    documented: {},
  },
  {
    likely: ['DEVCA_FAULT_CRL_MISSING'],
    possible: ['DEVCA_FAULT_CLIENT_CERT_UNKNOWN_ISSUER'],
    question: 'does the revocation list file of the server have a list for every authority of the chain?',
    observed: {
      nginx: ['client SSL certificate verify error: (3:'],
      apache: ['Certificate Verification: Error (3)'],
    },
    documented: {},
  },
];
