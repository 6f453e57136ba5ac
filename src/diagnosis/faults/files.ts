import type { FaultRow } from '../fault.ts';

/** Certificate and key files that a program cannot use. */
export const fileFaults: readonly FaultRow[] = [
  {
    code: 'DEVCA_FAULT_KEY_MISMATCH',
    title: 'the private key does not belong to the certificate',
    causes: [
      'certificate and key come from two different runs: one of the files was replaced and the other was not',
      'in the chain file the end entity is not the first certificate',
    ],
    question:
      'do "openssl x509 -in cert.pem -noout -pubkey" and "openssl pkey -in key.pem -pubout" print different keys?',
    fixes: [
      'run "devca verify CERT --key KEY" to check the pair',
      'run "devca issue NAME --force" for a new pair, and configure both of its files',
      'by hand: put the end entity first in the chain file',
    ],
    observed: {
      openssl: ['key values mismatch'],
      curl: ['Private key does not match the certificate public key'],
      go: [
        'tls: private key does not match public key',
        'tls: private key type does not match public key type',
      ],
      haproxy: ['inconsistencies between private key and certificate'],
      apache: ['certificate and private key … do not match'],
    },
    documented: {
      openssl: ['key type mismatch'],
      gnutls: ['The certificate and the given key do not match'],
      node: ['ERR_OSSL_X509_KEY_TYPE_MISMATCH'],
      rustls: ['KeyMismatch', 'InconsistentKeys'],
    },
  },
  {
    code: 'DEVCA_FAULT_KEY_PERMISSIONS',
    title: 'the key file may be read by more users than the program accepts, or not by the program itself',
    causes: [
      'the program runs as a user of its own (postgres, mosquitto, redis), who may not read the file',
      'the file or a folder above it belongs to root with mode 0600 or 0700',
      'PostgreSQL refuses a key that group or others may read',
    ],
    question: 'does "sudo -u USER cat KEYFILE" fail, or "ls -l KEYFILE" show more than u=rw?',
    fixes: [
      'run "devca issue NAME --out DIR" into a folder that the program may enter',
      'by hand: chown USER KEYFILE and chmod 0600 KEYFILE; for a group of its own 0640',
    ],
    observed: { postgresql: ['has group or world access'] },
    documented: {
      openssl: ['Permission denied … calling fopen', 'BIO_new_file … Permission denied'],
      python: ['PermissionError'],
      node: ['EACCES: permission denied, open'],
      go: ['open … permission denied'],
      nginx: ['cannot load certificate key … Permission denied'],
      postgresql: [
        'could not access private key file',
        'could not load private key file … Permission denied',
      ],
      java: ['AccessDeniedException', 'FileNotFoundException … (Permission denied)'],
    },
  },
  {
    code: 'DEVCA_FAULT_FILE_MISSING',
    title: 'the certificate or key file is not where the program looks',
    causes: [
      'a typing error in the path, or a relative path and another working folder',
      'the file was not mounted into the container',
      'the certificate was moved, or never written',
    ],
    question: 'does "ls -l FILE" fail with the path from the message, run as the same user?',
    fixes: [
      'run "devca show NAME" to see where the files of a certificate are',
      'by hand: give absolute paths; mount the folder into the container',
    ],
    observed: {
      openssl: ['Could not open file or uri for loading'],
      nginx: [
        'cannot load certificate key … No such file or directory',
        'cannot load certificate … No such file or directory',
      ],
      node: ['ENOENT: no such file or directory, open'],
      python: ['FileNotFoundError'],
      go: ['open … no such file or directory'],
      postgresql: ['certificate present, but not private key file'],
    },
    documented: {
      apache: [
        'SSLCertificateFile: file … does not exist or is empty',
        'SSLCertificateKeyFile: file … does not exist or is empty',
      ],
      java: ['FileNotFoundException', 'Keystore file does not exist'],
      postgresql: ['could not load server certificate file', 'could not open certificate file'],
      curl: ['could not open PEM file'],
    },
  },
  {
    code: 'DEVCA_FAULT_PEM_INVALID',
    title: 'the file is not a certificate or key in PEM form',
    causes: [
      'the file is DER or PKCS#12, or an HTML page that was downloaded in its place',
      'certificate and key were swapped in the configuration',
      'it was damaged by an editor: a lost line break, a byte order mark, an environment variable with "\\n" in it',
    ],
    question: 'does the file lack a line that begins with "-----BEGIN CERTIFICATE-----" (or PRIVATE KEY)?',
    fixes: [
      'run "devca show FILE" to see what is in it',
      'run "devca export NAME --format der" (or p12, combined, p7b) where the program wants another form',
      'run "devca issue NAME --force" for clean files',
      'by hand: "openssl x509 -inform der -in FILE -out cert.pem" turns DER into PEM',
    ],
    observed: {
      openssl: [
        'no start line',
        'Could not read certificate from',
        'Could not read client certificate from',
        'no certificate or crl found',
        'unable to load certificate',
        'Expecting: TRUSTED CERTIFICATE',
      ],
      go: [
        'tls: failed to find any PEM data in',
        'but did find a private key; PEM inputs may have been switched',
      ],
      node: ['ERR_OSSL_PEM_NO_START_LINE'],
      curl: ['could not load PEM client certificate'],
      java: ['Could not parse certificate … Empty input'],
      nginx: ['PEM_read_bio_X509_AUX() failed', 'PEM_read_bio_PrivateKey() failed'],
      python: ['NO_CERTIFICATE_OR_CRL_FOUND'],
    },
    documented: {
      openssl: [
        'bad base64 decode',
        'PEM routines … bad end line',
        'bad end line',
        'Could not read private key from',
      ],
      go: ['tls: found a certificate rather than a key in the PEM'],
      node: ['ERR_OSSL_PEM_BAD_BASE64_DECODE', 'ERR_OSSL_PEM_BAD_END_LINE', 'ERR_OSSL_ASN1_WRONG_TAG'],
      gnutls: ['Base64 decoding error', 'Base64 unexpected header error'],
      python: ['PEM_LIB', 'NOT_ENOUGH_DATA', 'not enough data: cadata does not contain a certificate'],
      rustls: ['no certificates found in', 'MissingSectionEnd', 'NoItemsFound'],
      java: ['No certificate data found', 'signed fields invalid'],
    },
  },
  {
    code: 'DEVCA_FAULT_KEY_FORMAT',
    title: 'the private key is in a form that the program does not read',
    causes: [
      'Java, Kafka and others read PKCS#8 ("BEGIN PRIVATE KEY") only, not "BEGIN EC PRIVATE KEY" or "BEGIN RSA PRIVATE KEY"',
      'the key is of a kind that the library does not know',
    ],
    question:
      'does the key file begin with "-----BEGIN EC PRIVATE KEY-----" or "-----BEGIN RSA PRIVATE KEY-----"?',
    fixes: [
      'run "devca issue NAME": devca writes keys as PKCS#8',
      'by hand: "openssl pkcs8 -topk8 -nocrypt -in key.pem -out key8.pem"',
    ],
    observed: { java: ['algid parse error, not a sequence', 'InvalidKeySpecException'] },
    documented: {
      java: ['Only PKCS#8 private key', 'No matching … private key found in PEM'],
      go: ['tls: found unknown private key type', 'x509: failed to parse private key (use Parse'],
      rustls: ['no private keys found', 'failed to parse private key as RSA, ECDSA, or EdDSA'],
    },
  },
  {
    code: 'DEVCA_FAULT_KEY_PASSPHRASE',
    title: 'the private key is encrypted, and the passphrase is missing or wrong',
    causes: [
      'no passphrase was given',
      'a wrong passphrase was given',
      'the server starts without a terminal and cannot ask',
    ],
    question: 'does the key file say "ENCRYPTED"?',
    fixes: [
      'run "devca issue NAME --force" for a new pair: devca writes keys for servers without a passphrase, mode 0600',
      'by hand: "openssl pkey -in key.pem -out plain.pem", or give the passphrase (ssl_password_file, --pass, passphrase)',
    ],
    observed: {
      openssl: ['bad decrypt', 'maybe wrong password', 'pkcs12 cipherfinal error'],
      node: ['ERR_OSSL_BAD_DECRYPT'],
      go: ['tls: failed to parse private key'],
    },
    documented: {
      openssl: ['bad password read', 'problems getting password', 'interrupted or cancelled'],
      node: [
        'ERR_MISSING_PASSPHRASE',
        'Passphrase required for encrypted key',
        'ERR_OSSL_CRYPTO_INTERRUPTED_OR_CANCELLED',
      ],
      apache: ['AH02577', 'Init: SSLPassPhraseDialog builtin is not supported', 'Pass phrase incorrect'],
      gnutls: ['Decryption has failed'],
    },
  },
  {
    code: 'DEVCA_FAULT_SERVER_CERT_NOT_CONFIGURED',
    title: 'the server has no certificate or no key configured for this port',
    causes: [
      'a directive is missing',
      'the one PEM file that the server wants holds the certificate without the key',
    ],
    question: 'does the configuration name a certificate and a key for this port?',
    fixes: [
      'run "devca show NAME" to see where certificate and key are, then name both in the configuration',
      'run "devca export NAME --format combined" for servers that want both in one file (HAProxy, MongoDB)',
      'by hand: "cat FULLCHAIN KEY > site.pem"',
    ],
    observed: {
      nginx: ['no "ssl_certificate_key" is defined', 'no "ssl_certificate" is defined'],
      haproxy: ['No Private Key found in'],
    },
    documented: {
      openssl: ['no certificate set', 'no certificate assigned'],
      nginx: [
        'no ssl_client_certificate for ssl_verify_client',
        'no "ssl_certificate" is defined in server listening on SSL port',
      ],
      apache: ['AH01903', 'should be SSL-aware but has no certificate configured'],
      go: ['tls: neither Certificates, GetCertificate, nor GetConfigForClient set in Config'],
    },
  },
];
