import type { FaultRow } from '../fault.ts';

/** Revocation lists and what they say. */
export const revocationFaults: readonly FaultRow[] = [
  {
    code: 'DEVCA_FAULT_REVOKED',
    title: 'the certificate has been revoked',
    causes: [
      'somebody revoked it, or rekeyed and revoked the old one',
      'the server still serves the revoked certificate after a new one was issued',
    ],
    question: "is the certificate's serial number in the revocation list that the client has?",
    fixes: [
      'run "devca show NAME" to see when and why it was revoked, then "devca issue NAME" and reload the server',
      'by hand: give the client a newer list where the one it has is out of date',
    ],
    observed: {
      wget: ['The certificate of … has been revoked'],
      java: ['CertificateRevokedException', 'Certificate has been revoked, reason'],
    },
    documented: {
      chrome: ['ERR_CERT_REVOKED'],
      firefox: ['SEC_ERROR_REVOKED_CERTIFICATE', 'SEC_ERROR_REVOKED_KEY'],
      rustls: ['CertRevoked', 'invalid peer certificate: Revoked'],
      apple: ['CSSMERR_TP_CERT_REVOKED'],
      dotnet: ['errors in the certificate chain: Revoked'],
      gnutls: ['The certificate chain is revoked'],
    },
    ofClient: 'DEVCA_FAULT_CLIENT_CERT_REVOKED',
  },
  {
    code: 'DEVCA_FAULT_CRL_MISSING',
    title: 'a revocation list of an authority in the chain is missing',
    causes: [
      'the list file holds only one of the two lists: nginx, Apache, HAProxy and PostgreSQL want one for every authority of the chain',
      'the list belongs to an earlier generation of the authority',
    ],
    question: 'does the file hold fewer "BEGIN X509 CRL" blocks than the chain has authorities?',
    fixes: [
      'run "devca crl --out FILE": its file has the list of every authority of the chain; then reload the server',
      'by hand: cat root.crl intermediate.crl > crl.pem',
      'by hand: turn the check off where nothing has been revoked (ssl_crl, SSLCARevocationCheck none, crl-file)',
    ],
    observed: {},
    documented: { rustls: ['UnknownRevocationStatus'] },
  },
  {
    code: 'DEVCA_FAULT_CRL_EXPIRED',
    title: 'the revocation list is out of date or not valid yet',
    causes: [
      'nextUpdate of the list has passed and the server still has the old file',
      'the clock of the machine is wrong',
    ],
    question: 'does "openssl crl -in crl.pem -noout -nextupdate" lie in the past?',
    fixes: [
      'run "devca crl --out FILE", then reload the server; "devca watch" signs lists that end early again',
      'by hand: get the list anew from the authority, then reload the server',
      'by hand: compare "date -u" with lastUpdate and nextUpdate',
    ],
    observed: {},
    documented: {
      firefox: ['SEC_ERROR_CRL_EXPIRED', 'SEC_ERROR_KRL_EXPIRED'],
      rustls: ['ExpiredRevocationList', 'CrlExpired'],
      gnutls: ['The revocation or OCSP data are old and have been superseded'],
    },
  },
  {
    code: 'DEVCA_FAULT_CRL_INVALID',
    title: 'the revocation list does not fit the authority that it should be from',
    causes: [
      'the list was signed by another authority of the same name',
      "the authority's key usage does not include cRLSign, as with authorities made by mkcert",
      'the file is damaged or is not a revocation list',
    ],
    question: 'does "openssl crl -in crl.pem -CAfile ca.pem -noout" fail to verify the list?',
    fixes: [
      'run "devca crl --out FILE" for the lists of the authority that issues now, and of earlier generations',
      'by hand: get the list from the authority that issued the certificates, and compare issuers: "openssl crl -noout -issuer"',
    ],
    observed: {},
    documented: {
      firefox: ['SEC_ERROR_CRL_BAD_SIGNATURE', 'SEC_ERROR_CRL_INVALID'],
      curl: ['error loading CRL file'],
      rustls: ['InvalidCrlSignatureForPublicKey', 'IssuerNotCrlSigner'],
      java: ['CRL signature verification failed'],
    },
  },
  {
    code: 'DEVCA_FAULT_REVOCATION_UNKNOWN',
    title: 'the client insists on a revocation check and cannot make one',
    causes: [
      'certificates of a local authority name no revocation service, and the client is set to require one',
      'the revocation service cannot be reached',
      'the certificate demands a stapled OCSP response, and the server sends none',
    ],
    question: 'is the client set to check revocation online (.NET, Schannel, Java with checkRevocation)?',
    fixes: [
      'by hand: curl on Windows --ssl-no-revoke or --ssl-revoke-best-effort; .NET RevocationMode NoCheck; Java -Dcom.sun.net.ssl.checkRevocation=false',
      'by hand: give the client the list, where it takes one (--crlfile, trustStore with a CRL, CrlStore)',
    ],
    observed: {},
    documented: {
      schannel: ['The revocation function was unable to check revocation'],
      dotnet: ['errors in the certificate chain: RevocationStatusUnknown', 'OfflineRevocation'],
      java: [
        'Certificate does not specify OCSP responder',
        'Unable to determine revocation status due to network error',
      ],
      chrome: ['ERR_CERT_NO_REVOCATION_MECHANISM', 'ERR_CERT_UNABLE_TO_CHECK_REVOCATION'],
      firefox: [
        'MOZILLA_PKIX_ERROR_REQUIRED_TLS_FEATURE_MISSING',
        'SEC_ERROR_OCSP_SERVER_ERROR',
        'SEC_ERROR_OCSP_UNKNOWN_CERT',
        'MOZILLA_PKIX_ERROR_OCSP_RESPONSE_FOR_CERT_MISSING',
      ],
      curl: ['No OCSP response received'],
      gnutls: ['the OCSP status is missing'],
    },
  },
];
