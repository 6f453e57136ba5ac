import type { FaultRow } from '../fault.ts';

/** No path from the certificate to a root that the client trusts. */
export const trustFaults: readonly FaultRow[] = [
  {
    code: 'DEVCA_FAULT_UNKNOWN_CA',
    title: 'the client does not trust the authority that issued the certificate',
    causes: [
      "the root was never put into this client's trust store: browsers, Java, Node and Python each have their own",
      'the client trusts another root of the same name, from another machine or an earlier authority',
      'the client runs in a container or virtual machine that has its own trust store',
    ],
    question: "is the last issuer of the chain absent from the client's trust store?",
    fixes: [
      'run "devca trust install", then "devca trust status --prove" to see which programs of this machine trust it, and why the others do not',
      'run "devca run -- COMMAND" for a program that has roots of its own, such as Node, Deno and much of Python; "devca env" sets the same for a shell',
      'run "devca handshake HOST:PORT" to see which root the chain ends in, and compare fingerprints',
      'by hand: curl --cacert root.pem; NODE_EXTRA_CA_CERTS=root.pem; ssl.create_default_context(cafile="root.pem"); keytool -importcert -cacerts',
    ],
    observed: {},
    documented: {
      schannel: ['CERT_TRUST_IS_UNTRUSTED_ROOT'],
      dotnet: ['errors in the certificate chain: UntrustedRoot', 'X509ChainStatusFlags.UntrustedRoot'],
      go: ['x509: … certificate is not trusted'],
    },
    ofClient: 'DEVCA_FAULT_CLIENT_CERT_UNKNOWN_ISSUER',
  },
  {
    code: 'DEVCA_FAULT_ROOT_SENT',
    title: 'the chain ends in a root that the server sends itself and the client does not trust',
    causes: [
      'the client does not trust this root; that the server sends it too is harmless and useless',
      'a proxy between client and server answers with an authority of its own',
    ],
    question: 'does the server send a certificate whose subject and issuer are the same, after its own?',
    fixes: [
      'run "devca trust install" where the client runs',
      'run "devca handshake HOST:PORT" to see the chain as served; deliver the fullchain file, which has no root in it',
      'by hand: remove the last certificate from the chain file, and give the root to the client instead',
    ],
    observed: {},
    documented: {},
    ofClient: 'DEVCA_FAULT_CLIENT_CERT_UNKNOWN_ISSUER',
  },
  {
    code: 'DEVCA_FAULT_SELF_SIGNED',
    title: 'the certificate is self-signed: no authority issued it',
    causes: [
      "the server uses a certificate that it or a tool made for itself, such as a distribution's example",
      'the server has no certificate for this name and falls back to its default one',
    ],
    question: "are subject and issuer of the server's own certificate the same?",
    fixes: [
      'run "devca issue NAME", then configure the fullchain and key files in the server and reload it',
      'by hand: trust that one certificate in the client, for a test only',
    ],
    observed: { firefox: ['MOZILLA_PKIX_ERROR_SELF_SIGNED_CERT'] },
    documented: { postgresql: ['SSL error: self-signed certificate'] },
    ofClient: 'DEVCA_FAULT_CLIENT_CERT_UNKNOWN_ISSUER',
  },
  {
    code: 'DEVCA_FAULT_MISSING_INTERMEDIATE',
    title: 'the server does not send the intermediate certificate',
    causes: [
      'the server is configured with the certificate alone instead of the fullchain file',
      'the server was not reloaded after the file was changed',
      'a browser works all the same because it has met the intermediate elsewhere',
    ],
    question: "does the server send one certificate only, whose issuer is not the client's root?",
    fixes: [
      'run "devca verify HOST:PORT": it names the missing intermediate and the fullchain file to use',
      'by hand: append the intermediate to the certificate file, end entity first, and reload the server',
      'by hand: in Apache put both into SSLCertificateFile; in nginx into ssl_certificate; in HAProxy into the one PEM file',
    ],
    observed: {},
    documented: {
      schannel: ['CERT_TRUST_IS_PARTIAL_CHAIN'],
      dotnet: ['errors in the certificate chain: PartialChain', 'X509ChainStatusFlags.PartialChain'],
    },
    ofClient: 'DEVCA_FAULT_CLIENT_CERT_UNKNOWN_ISSUER',
  },
  {
    code: 'DEVCA_FAULT_TRUST_STALE',
    title: 'the root is installed, but the client has not read it yet',
    causes: [
      'the browser or program was running when the root was installed: many read the store at start only',
      'NODE_EXTRA_CA_CERTS was set from within the program, which is too late',
      'a terminal or service still has the old environment',
    ],
    question: 'does it work after the client is closed entirely and started again?',
    fixes: [
      'run "devca trust status": a store that says trusted needs only a restart of the client',
      'by hand: end every process of the browser (chrome://restart), restart the service, open a new terminal',
    ],
    observed: {},
    documented: {},
  },
  {
    code: 'DEVCA_FAULT_TRUST_OVERRIDDEN',
    title: 'an environment variable or setting gives the client another set of roots',
    causes: [
      'SSL_CERT_FILE, REQUESTS_CA_BUNDLE, CURL_CA_BUNDLE, GIT_SSL_CAINFO or javax.net.ssl.trustStore replaces the default store',
      'the program carries its own bundle, as Python packages with certifi, Node and Java do',
      'an older ~/.pki/nssdb hides the store that Chromium now uses',
    ],
    question: 'does "env | grep -iE \'ssl|cert|ca_bundle\'" show a bundle that lacks the root?',
    fixes: [
      'run "devca trust status": it names every variable that stands above the stores, and whether its file has the root',
      'run "devca env" for variables whose files have both: what they name now, and the root',
      'by hand: unset the variable, or add the root to the file that it names',
    ],
    observed: {},
    documented: { node: ['bad option: --use-system-ca'] },
  },
  {
    code: 'DEVCA_FAULT_TRUST_FILE_MISSING',
    title: 'the file of trusted roots cannot be read',
    causes: [
      'the path in the option or environment variable is wrong, or relative to another folder',
      'the file is not readable for the user that the program runs as',
      'the variable was set for a container or machine where the file does not exist',
    ],
    question: 'does "ls -l FILE" fail for the file that the message names, run as the same user?',
    fixes: [
      'run "devca env" for variables whose files are there, with the roots of the system among them',
      'run "devca trust status" to see which stores have the root already, so that no file is needed',
      'by hand: look at what "env | grep -iE \'ssl|cert|ca_bundle\'" names, and unset what is not there',
      'by hand: give an absolute path, and make the file readable (0644: a root certificate is no secret)',
    ],
    observed: {
      node: ['Ignoring extra certs from'],
      postgresql: ['root certificate file … does not exist'],
      gnutls: ['Error setting the x509 trust file'],
      wget: ['ERROR: Failed to open cert'],
    },
    documented: {
      curl: ['error setting certificate verify locations', 'error adding trust anchors from file'],
      python: ['Could not find a suitable TLS CA certificate bundle, invalid path'],
      git: ['error setting certificate verify locations: CAfile'],
      openssl: ['X509_load_cert_crl_file_ex … no such file'],
    },
  },
  {
    code: 'DEVCA_FAULT_PROXY_INTERCEPTION',
    title: 'a proxy or security program answers in place of the server with a certificate of its own',
    causes: [
      "a company proxy opens TLS, and its root is in the browser's store but not in this program's",
      'an antivirus program on this machine scans encrypted connections',
      'a captive portal of a hotel or train network redirects connections',
    ],
    question:
      'is the issuer of the certificate a proxy, firewall or antivirus product rather than the authority that was expected?',
    fixes: [
      'run "devca handshake HOST:PORT": it shows who issued what arrives here',
      'by hand: add the root of the proxy to the trust of the program, or exclude the host with NO_PROXY',
    ],
    observed: {},
    documented: {
      firefox: ['MOZILLA_PKIX_ERROR_MITM_DETECTED'],
      chrome: [
        'ERR_CERT_KNOWN_INTERCEPTION_BLOCKED',
        'ERR_PROXY_CERTIFICATE_INVALID',
        'is stopping Chrome from safely connecting to the web',
      ],
      openssl: [
        'issuer … Zscaler',
        'issuer … Netskope',
        'issuer … Fortinet',
        'issuer … Cisco Umbrella',
        'issuer … Blue Coat',
        'issuer … Palo Alto Networks',
        'issuer … Kaspersky',
        'issuer … Avast',
        'issuer … ESET SSL Filter',
        'issuer … Bitdefender',
        'issuer … mitmproxy',
      ],
    },
  },
  {
    code: 'DEVCA_FAULT_DISTRUSTED',
    title: 'the certificate or its authority is marked as not trusted in the store',
    causes: [
      'the root was imported without trust for web sites, or with the wrong trust flags',
      'somebody set the certificate to "never trust"',
      'a policy of the client has removed the authority',
    ],
    question: 'is the root in the store, but not with trust for TLS servers?',
    fixes: [
      'run "devca trust uninstall", then "devca trust install" to set the trust flags anew',
      'by hand: in NSS "certutil -M -t C,, -n NAME -d sql:DIR"; on macOS set the root to "Always Trust" in Keychain Access',
    ],
    observed: {},
    documented: {
      firefox: [
        'SEC_ERROR_UNTRUSTED_ISSUER',
        'SEC_ERROR_UNTRUSTED_CERT',
        'MOZILLA_PKIX_ERROR_ADDITIONAL_POLICY_CONSTRAINT_FAILED',
      ],
      schannel: ['CERT_TRUST_IS_EXPLICIT_DISTRUST'],
      dotnet: ['errors in the certificate chain: ExplicitDistrust'],
    },
    ofClient: 'DEVCA_FAULT_CLIENT_CERT_REFUSED',
  },
];
