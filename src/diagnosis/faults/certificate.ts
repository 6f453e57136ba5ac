import type { FaultRow } from '../fault.ts';

/** A certificate whose content the client does not accept. */
export const certificateFaults: readonly FaultRow[] = [
  {
    code: 'DEVCA_FAULT_WRONG_EKU',
    title: 'the certificate is not meant for this purpose (extended key usage)',
    causes: [
      'a client certificate is used by a server, or the other way round',
      'a service that also calls itself or its peers, such as etcd or Kafka, has a certificate for one direction only',
      "an intermediate's extended key usage leaves this purpose out",
    ],
    question:
      'does "openssl x509 -noout -ext extendedKeyUsage" lack "TLS Web Server Authentication" on a server?',
    fixes: [
      'run "devca issue NAME --profile server" for a server, or "devca issue NAME --profile service" for both directions',
      'run "devca verify FILE --purpose server" to check before deploying',
      'by hand: reissue with extendedKeyUsage=serverAuth',
    ],
    observed: {
      go: ['x509: certificate specifies an incompatible key usage'],
      java: ['Extended key usage does not permit use for TLS server authentication'],
      rustls: ['does not allow extended key usage for server authentication'],
      firefox: ['SEC_ERROR_INADEQUATE_CERT_TYPE'],
      gnutls: ['The certificate chain does not match the intended purpose'],
      bun: ['unsupported certificate purpose'],
    },
    documented: {
      java: ['Extended key usage does not permit use for TLS client authentication'],
      rustls: ['RequiredEkuNotFound', 'InvalidPurpose'],
      schannel: ['CERT_TRUST_IS_NOT_VALID_FOR_USAGE'],
      dotnet: ['errors in the certificate chain: NotValidForUsage'],
    },
    ofClient: 'DEVCA_FAULT_CLIENT_CERT_WRONG_EKU',
  },
  {
    code: 'DEVCA_FAULT_WRONG_KEY_USAGE',
    title: 'the key usage of the certificate does not allow what the handshake does with the key',
    causes: [
      'the key usage has keyEncipherment only, while every TLS 1.3 handshake signs (digitalSignature)',
      "an authority's certificate is used as a server's",
    ],
    question: 'does "openssl x509 -noout -ext keyUsage" lack "Digital Signature"?',
    fixes: [
      'run "devca issue NAME": it writes the key usage that TLS 1.3 needs',
      'by hand: reissue with keyUsage=digitalSignature (RSA: also keyEncipherment)',
    ],
    observed: {
      chrome: ['ERR_SSL_KEY_USAGE_INCOMPATIBLE'],
      gnutls: ['Key usage violation in certificate has been detected'],
      java: ['KeyUsage does not allow digital signatures'],
    },
    documented: {
      java: ['Key usage does not include digital signature'],
      openssl: ['wrong certificate type'],
    },
    ofClient: 'DEVCA_FAULT_CLIENT_CERT_REFUSED',
  },
  {
    code: 'DEVCA_FAULT_CA_AS_END_ENTITY',
    title: "an authority's own certificate is used as a server's",
    causes: [
      'the server was configured with the root or intermediate instead of a certificate that it issued',
      'a self-signed certificate was made with "openssl req -x509", which marks it as an authority',
    ],
    question: "does the server's own certificate say CA:TRUE?",
    fixes: [
      'run "devca issue NAME" and use its fullchain file',
      'by hand: openssl req -x509 ... -addext basicConstraints=critical,CA:FALSE',
    ],
    observed: { rustls: ['CaUsedAsEndEntity'], firefox: ['MOZILLA_PKIX_ERROR_CA_CERT_USED_AS_END_ENTITY'] },
    documented: {},
    ofClient: 'DEVCA_FAULT_CLIENT_CERT_REFUSED',
  },
  {
    code: 'DEVCA_FAULT_NOT_A_CA',
    title: 'the issuer of a certificate is not an authority',
    causes: [
      'a server certificate was used to sign another certificate',
      'the issuing certificate lacks CA:TRUE or keyCertSign, as with old recipes',
    ],
    question: 'does a certificate above the end entity lack CA:TRUE, or keyCertSign in its key usage?',
    fixes: [
      'run "devca verify FILE" to see which certificate it is, then "devca issue NAME" to replace the chain',
      'by hand: reissue the intermediate with basicConstraints=critical,CA:TRUE and keyUsage=critical,keyCertSign,cRLSign',
    ],
    observed: {
      java: ['CA key usage check failed: keyCertSign bit is not set'],
      rustls: ['EndEntityUsedAsCa'],
      go: ['parent certificate cannot sign this kind of certificate'],
      gnutls: ['The certificate issuer is not a CA'],
      wget: ['The certificate signer of … was not a CA'],
    },
    documented: {
      firefox: ['SEC_ERROR_CA_CERT_INVALID', 'MOZILLA_PKIX_ERROR_V1_CERT_USED_AS_CA'],
      java: ['basic constraints check failed: this is not a CA certificate'],
      dotnet: ['errors in the certificate chain: InvalidBasicConstraints'],
    },
    ofClient: 'DEVCA_FAULT_CLIENT_CERT_REFUSED',
  },
  {
    code: 'DEVCA_FAULT_PATH_LENGTH',
    title: 'there are more intermediates than an authority allows below itself',
    causes: [
      'an intermediate with path length 0 has issued a further intermediate',
      'the root of devca allows one intermediate',
    ],
    question: 'has a certificate with pathlen:0 a further authority below it?',
    fixes: [
      'run "devca verify FILE" to see where the path becomes too long',
      'by hand: issue the end entity from the intermediate itself',
    ],
    observed: {
      java: ['pathLenConstraint violated'],
      rustls: ['PathLenConstraintViolated'],
      go: ['x509: too many intermediates for path length constraint'],
      firefox: ['SEC_ERROR_PATH_LEN_CONSTRAINT_INVALID'],
    },
    documented: { apple: ['errSecPathLengthConstraintExceeded'] },
    ofClient: 'DEVCA_FAULT_CLIENT_CERT_REFUSED',
  },
  {
    code: 'DEVCA_FAULT_CRITICAL_EXTENSION',
    title: 'the certificate has a critical extension that the client does not know',
    causes: [
      'a private extension was marked critical',
      'the client is too old for a standard extension, such as name constraints in an old library',
    ],
    question: 'does "openssl x509 -noout -text" show an extension by number only, with "critical"?',
    fixes: [
      'run "devca show FILE" to see every extension, then "devca issue NAME" for a certificate without it',
      'by hand: reissue with the extension not critical',
    ],
    observed: {
      go: ['x509: unhandled critical extension'],
      java: ['unrecognized critical extension(s)'],
      rustls: ['UnsupportedCriticalExtension'],
      firefox: ['SEC_ERROR_UNKNOWN_CRITICAL_EXTENSION'],
      gnutls: ['The certificate contains an unknown critical extension'],
    },
    documented: {
      java: ['Certificate contains unsupported critical extensions'],
      dotnet: ['errors in the certificate chain: HasNotSupportedCriticalExtension'],
      apple: ['errSecUnknownCriticalExtensionFlag'],
    },
    ofClient: 'DEVCA_FAULT_CLIENT_CERT_REFUSED',
  },
  {
    code: 'DEVCA_FAULT_WEAK_KEY',
    title: 'the key in a certificate is too short',
    causes: [
      'an RSA key of 1024 bits, or a small Diffie-Hellman group',
      'the client has a stricter security level than most',
    ],
    question: 'does "openssl x509 -noout -text" show an RSA key of fewer than 2048 bits?',
    fixes: [
      'run "devca issue NAME --key-type ec-p256" (or rsa-2048) and reload the server',
      'by hand, for a test only: --ciphers DEFAULT@SECLEVEL=1 in curl, and the like',
    ],
    observed: {},
    documented: {
      openssl: ['ee key too small', 'ca key too small', 'dh key too small'],
      chrome: ['ERR_CERT_WEAK_KEY', 'ERR_SSL_WEAK_SERVER_EPHEMERAL_DH_KEY'],
      firefox: [
        'SSL_ERROR_WEAK_SERVER_CERT_KEY',
        'SSL_ERROR_WEAK_SERVER_EPHEMERAL_DH_KEY',
        'MOZILLA_PKIX_ERROR_INADEQUATE_KEY_SIZE',
      ],
      java: ['Algorithm constraints check failed on keysize limits'],
      go: ['crypto/rsa … keys are insecure'],
    },
    ofClient: 'DEVCA_FAULT_CLIENT_CERT_REFUSED',
  },
  {
    code: 'DEVCA_FAULT_WEAK_SIGNATURE',
    title: 'a certificate is signed with an outdated algorithm (SHA-1 or MD5)',
    causes: [
      'the certificate comes from an old tool or appliance',
      'the intermediate is old, the end entity is not',
    ],
    question:
      'does "openssl x509 -noout -text" show sha1 or md5 as the signature algorithm, of any but the root?',
    fixes: ['run "devca issue NAME": devca signs with SHA-256 or better', 'by hand: reissue with -sha256'],
    observed: {
      go: ['x509: cannot verify signature: insecure algorithm'],
      rustls: ['UnsupportedSignatureAlgorithmContext'],
      firefox: ['SEC_ERROR_CERT_SIGNATURE_ALGORITHM_DISABLED'],
      gnutls: ['The certificate chain uses insecure algorithm'],
      wget: ['was signed using an insecure algorithm'],
    },
    documented: {
      openssl: ['ca md too weak'],
      chrome: ['ERR_CERT_WEAK_SIGNATURE_ALGORITHM'],
      java: [
        'Algorithm constraints check failed on signature algorithm',
        'Algorithm constraints check failed: SHA1',
      ],
      rustls: ['UnsupportedSignatureAlgorithm'],
      dotnet: ['errors in the certificate chain: HasWeakSignature'],
    },
    ofClient: 'DEVCA_FAULT_CLIENT_CERT_REFUSED',
  },
  {
    code: 'DEVCA_FAULT_SIGNATURE_INVALID',
    title: 'the signature of a certificate does not fit the key of its issuer',
    causes: [
      'the client trusts another root of the same name: an earlier authority, or that of another machine',
      'the file was damaged or edited',
    ],
    question: 'has the root in the trust store another fingerprint than the one that issued the chain?',
    fixes: [
      'run "devca trust status": it tells a different root of the same name from the right one',
      'run "devca trust install" to replace it, and reissue what the old root has issued',
      'by hand: compare "openssl x509 -noout -fingerprint -sha256" of both roots',
    ],
    observed: {
      java: ['PKIX path validation failed … signature check failed', 'Signature does not match'],
      firefox: ['SEC_ERROR_BAD_SIGNATURE'],
      curl: ['asn1 encoding routines … EVP lib'],
      go: ['x509: ECDSA verification failure'],
    },
    documented: {
      go: ['crypto/rsa: verification error', 'x509: Ed25519 verification failure'],
      schannel: ['CERT_TRUST_IS_NOT_SIGNATURE_VALID'],
      dotnet: ['errors in the certificate chain: NotSignatureValid'],
    },
    ofClient: 'DEVCA_FAULT_CLIENT_CERT_UNKNOWN_ISSUER',
  },
  {
    code: 'DEVCA_FAULT_STRICT_PROFILE',
    title: 'a certificate breaks a rule of RFC 5280 that the client checks strictly',
    causes: [
      'the authority lacks a key identifier, a key usage, or the critical mark on its basic constraints',
      'Python 3.13 and later check this by default (VERIFY_X509_STRICT), others do not',
    ],
    question: 'does it fail in Python 3.13 or with "openssl verify -x509_strict" and nowhere else?',
    fixes: [
      'run "devca verify FILE --policy rfc5280" to see every rule that is broken',
      'by hand: reissue the authority with subjectKeyIdentifier, authorityKeyIdentifier and critical basicConstraints and keyUsage',
    ],
    observed: {},
    documented: {},
    ofClient: 'DEVCA_FAULT_CLIENT_CERT_REFUSED',
  },
  {
    code: 'DEVCA_FAULT_ISSUER_SERIAL_REUSED',
    title: 'two certificates of one issuer have the same serial number',
    causes: [
      'a certificate was made anew by a tool that always writes the same serial number, such as 01',
      'an authority was created again under its old name and counts from the beginning',
    ],
    question: 'does it work in a fresh browser profile?',
    fixes: [
      'run "devca issue NAME": its serial numbers are random and unique',
      'by hand: delete the old certificate and root from the browser (Settings, Certificates, Authorities), then restart it',
    ],
    observed: {},
    documented: { firefox: ['SEC_ERROR_REUSED_ISSUER_AND_SERIAL'] },
  },
  {
    code: 'DEVCA_FAULT_CERTIFICATE_MALFORMED',
    title: 'the certificate is not well formed',
    causes: [
      'it was made by a faulty tool: a negative serial number, a name with a wrong character set, a broken extension',
      'the file is damaged',
    ],
    question: 'does "openssl x509 -noout -text" or "openssl asn1parse" complain too?',
    fixes: [
      'run "devca verify FILE": it says what is wrong and at which byte',
      'run "devca issue NAME" for a new certificate',
    ],
    observed: { go: ['x509: malformed certificate'] },
    documented: {
      chrome: ['ERR_CERT_CONTAINS_ERRORS', 'ERR_SSL_SERVER_CERT_BAD_FORMAT'],
      firefox: [
        'SEC_ERROR_BAD_DER',
        'SEC_ERROR_EXTENSION_VALUE_INVALID',
        'SEC_ERROR_UNSUPPORTED_KEYALG',
        'MOZILLA_PKIX_ERROR_INVALID_INTEGER_ENCODING',
        'MOZILLA_PKIX_ERROR_EMPTY_ISSUER_NAME',
        'MOZILLA_PKIX_ERROR_SIGNATURE_ALGORITHM_MISMATCH',
      ],
      go: [
        'x509: negative serial number',
        'x509: failed to parse',
        'tls: failed to parse certificate from server',
      ],
      rustls: [
        'BadEncoding',
        'BadDer',
        'MalformedExtensions',
        'UnsupportedCertVersion',
        'invalid peer certificate: BadEncoding',
      ],
      java: ['Unable to initialize, java.io.IOException', 'Could not parse certificate: java.io.IOException'],
    },
    ofClient: 'DEVCA_FAULT_CLIENT_CERT_REFUSED',
  },
];
