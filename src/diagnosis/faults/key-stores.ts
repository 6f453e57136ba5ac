import type { FaultRow } from '../fault.ts';

/** PKCS#12 files and Java key stores. */
export const keyStoreFaults: readonly FaultRow[] = [
  {
    code: 'DEVCA_FAULT_P12_PASSWORD',
    title: 'the password of the key store is wrong',
    causes: [
      'a typing error, or the password of another store',
      'the password has characters outside ASCII, which programs encode differently',
      'store and key have different passwords, which PKCS#12 does not allow',
    ],
    question: 'does "openssl pkcs12 -in FILE -noout" ask for a password and refuse the one given?',
    fixes: [
      'run "devca export NAME --format p12 --password-file FILE" for a new store under a password that is known',
      'by hand: write it anew with "openssl pkcs12 -export -in FULLCHAIN -inkey KEY -out new.p12"',
      'by hand: the usual password of Java trust stores is "changeit"',
    ],
    observed: {
      openssl: ['Mac verify error: invalid password', 'mac verify failure'],
      java: ['keystore password was incorrect', 'UnrecoverableKeyException'],
    },
    documented: {
      java: [
        'Keystore was tampered with, or password was incorrect',
        'Get Key failed: Given final block not properly padded',
        'Cannot recover key',
      ],
      dotnet: [
        'The specified network password is not correct',
        'The certificate data cannot be read with the provided password',
      ],
      firefox: ['SEC_ERROR_BAD_PASSWORD'],
      python: ['Invalid password or PKCS12 data'],
      apple: ['errSecAuthFailed', 'MAC verification failed during PKCS12 import'],
    },
  },
  {
    code: 'DEVCA_FAULT_P12_LEGACY',
    title: 'the PKCS#12 file uses an encryption that the program does not know',
    causes: [
      'it was written with RC2 or 3DES by an old tool, which OpenSSL 3 and Node 18 and later refuse',
      'it was written with AES, which old macOS, Windows Server and Java 8 do not read',
    ],
    question: 'does "openssl pkcs12 -in FILE -info -noout" name RC2 or 3DES, or "unsupported"?',
    fixes: [
      'run "devca export NAME --format p12" for modern readers, with "--legacy" for old ones',
      'by hand: "openssl pkcs12 -export -in FULLCHAIN -inkey KEY -out new.p12" of OpenSSL 3 writes AES-256 and SHA-256, which Java, NSS and Node read',
      'by hand: "openssl pkcs12 -legacy -in old.p12 -out pem.txt", then export again',
    ],
    observed: {
      openssl: ['inner_evp_generic_fetch:unsupported', 'digital envelope routines::unsupported'],
      node: ['Unsupported PKCS12 PFX data'],
    },
    documented: {
      java: [
        'unrecognized algorithm name: PBES2',
        'NoSuchAlgorithmException: Algorithm HmacPBESHA256 not available',
        'Integrity check failed: java.security.NoSuchAlgorithmException',
      ],
      node: ['ERR_OSSL_EVP_UNSUPPORTED'],
    },
  },
  {
    code: 'DEVCA_FAULT_P12_WITHOUT_KEY',
    title: 'the store has no private key in it',
    causes: [
      'a trust store is used where a key store is wanted',
      'the certificate was imported without its key',
    ],
    question: 'does "keytool -list -keystore FILE" show trustedCertEntry only?',
    fixes: [
      'run "devca export NAME --format p12": its store has key and chain',
      'by hand: "openssl pkcs12 -export -in FULLCHAIN -inkey KEY -out store.p12"',
    ],
    observed: { node: ['Unable to load private key from PFX data'] },
    documented: {
      java: ['does not identify a key entry', 'jsse.alias_no_key_entry'],
      dotnet: ['The server mode SSL must use a certificate with the associated private key'],
    },
  },
  {
    code: 'DEVCA_FAULT_KEYSTORE_FORMAT',
    title: 'the key store is of another kind than the program expects',
    causes: [
      'the file is JKS and is read as PKCS#12, or the other way round',
      'the file is PEM, or was damaged on the way (text mode, base64)',
    ],
    question: 'does "file STORE" call it a Java KeyStore where PKCS12 is configured?',
    fixes: [
      'run "devca export NAME --format p12" (or jks) for the type that the program expects',
      'by hand: set the type that the store has (PKCS12 or JKS), as "keytool -list -keystore FILE" shows it',
      'by hand: keytool -importkeystore -srckeystore old.jks -destkeystore new.p12 -deststoretype PKCS12',
    ],
    observed: { java: ['Invalid keystore format', 'toDerInputStream rejects tag type'] },
    documented: {
      java: [
        'Unrecognized keystore format',
        'DerInputStream.getLength()',
        'DER input, Integer tag error',
        'PKCS12 keystore not in version 3 format',
        'not found … KeyStore',
      ],
      openssl: ['PKCS12 routines … not enough data', 'Error reading input PKCS12 file'],
      node: ['ERR_OSSL_ASN1_HEADER_TOO_LONG'],
      dotnet: ['Cannot find the requested object'],
    },
  },
  {
    code: 'DEVCA_FAULT_TRUST_STORE_EMPTY',
    title: 'the trust store has no usable root in it',
    causes: [
      'a PKCS#12 trust store was written without the attribute by which Java recognises trusted certificates, as by "openssl pkcs12 -nokeys"',
      'the password of the PKCS#12 trust store was not given, and Java reads it as empty',
      'the path of the trust store is wrong, or the file is empty',
    ],
    question: 'does "keytool -list -keystore FILE" say that the store has 0 entries?',
    fixes: [
      'run "devca trust install": it imports the root into the trust stores of the JDKs it finds',
      'run "devca export NAME --format truststore" for a trust store with the attribute that Java looks for',
      'by hand: keytool -importcert -noprompt -alias devca -file root.pem -keystore trust.p12 -storepass changeit',
    ],
    observed: { java: ['the trustAnchors parameter must be non-empty'] },
    documented: {
      go: ['x509: failed to load system roots and no roots provided'],
      dotnet: ['The root certificate store is empty'],
      rustls: ['no native root CA certificates found', 'NoRootAnchors'],
      firefox: ['SEC_ERROR_NO_TOKEN'],
    },
  },
];
