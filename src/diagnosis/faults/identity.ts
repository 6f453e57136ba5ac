import type { FaultRow } from '../fault.ts';

/** A certificate that is good, for another name. */
export const identityFaults: readonly FaultRow[] = [
  {
    code: 'DEVCA_FAULT_NAME_MISMATCH',
    title: 'the certificate is not for the host name that was asked for',
    causes: [
      'the name is not in the subjectAltName: a certificate for "localhost" is not for "app.localhost" or a machine name',
      'the server has several certificates and chose another, because no name (SNI) was sent or none matched',
      'the client reaches the server by another name than intended: a redirect, a container name, an alias',
    ],
    question: "is the name in the client's address absent from the subjectAltName of the certificate?",
    fixes: [
      'run "devca issue NAME OTHERNAME 127.0.0.1" with every name that clients use, then reload the server',
      'run "devca handshake HOST:PORT --servername NAME" to see which certificate is served for which name',
      'by hand: "openssl x509 -in cert.pem -noout -ext subjectAltName" lists the names; use one of them in the address',
    ],
    observed: {
      node: ["Hostname/IP does not match certificate's altnames: Host"],
      python: ['Hostname mismatch, certificate is not valid for'],
      go: ['x509: certificate is valid for … not'],
      java: ['No subject alternative DNS name matching … found'],
      postgresql: ['server certificate for … does not match host name'],
    },
    documented: {
      node: ["is not cert's CN"],
      python: ["hostname … doesn't match", "doesn't match either of"],
      go: ['x509: certificate is not valid for any names, but wanted to match'],
      java: [
        'No name matching … found',
        "Certificate for … doesn't match any of the subject alternative names",
        'HTTPS hostname wrong',
      ],
      rustls: ['CertNotValidForName', 'NotValidForName'],
      grpc: ['Peer name … is not in peer certificate', 'Hostname Verification Check failed'],
      apple: ['certificate name does not match input'],
      dotnet: ['RemoteCertificateNameMismatch'],
      wget: ['no certificate subject alternative name matches'],
      mariadb: ['Validation of SSL server certificate failed', 'SSL certificate validation failure'],
    },
  },
  {
    code: 'DEVCA_FAULT_IP_MISMATCH',
    title: 'the certificate is not for the IP address that was asked for',
    causes: [
      'the address is not in the subjectAltName as an IP entry: a DNS entry with digits does not count',
      'the address of the machine has changed since',
      'the client connects by address where the certificate has names only',
    ],
    question: 'does the address that the client uses lack an entry "IP Address:" in the subjectAltName?',
    fixes: [
      'run "devca issue NAME 127.0.0.1 ::1" with the addresses among the names, then reload the server',
      'by hand: connect by name instead, with an entry in /etc/hosts if need be',
    ],
    observed: {
      node: ["Hostname/IP does not match certificate's altnames: IP", "is not in the cert's list"],
      python: ['IP address mismatch, certificate is not valid for'],
      go: ["because it doesn't contain any IP SANs"],
      java: ['No subject alternative names matching IP address … found'],
    },
    documented: { java: ['No subject alternative names present'] },
  },
  {
    code: 'DEVCA_FAULT_NO_SAN',
    title: 'the certificate has its name in the subject only, not in the subjectAltName',
    causes: [
      'it was made by an old tool or recipe: since 2017 browsers read the subjectAltName alone',
      'a signing request was signed without copying its extensions',
    ],
    question: 'does "openssl x509 -in cert.pem -noout -ext subjectAltName" print nothing?',
    fixes: [
      'run "devca issue NAME": it always writes a subjectAltName',
      'by hand: openssl req ... -addext "subjectAltName=DNS:NAME", and -copy_extensions copy when signing',
    ],
    observed: {
      go: ['certificate relies on legacy Common Name field, use SANs instead'],
      rustls: ['certificate is not valid for any names (according to its subjectAltName extension)'],
    },
    documented: {
      go: ['x509: certificate is not valid for any names'],
      chrome: ['[missing_subjectAltName]'],
      firefox: ['uses an invalid security certificate … only valid for the following names'],
    },
  },
  {
    code: 'DEVCA_FAULT_WILDCARD_LOCALHOST',
    title: 'clients refuse wildcard names directly under localhost',
    causes: [
      'browsers and curl take "localhost" for a top-level domain, under which a wildcard does not count',
      'the wildcard has the wrong depth: "*.test" covers one label only',
    ],
    question:
      'does the certificate have "*.localhost" or another wildcard with a single label after the star?',
    fixes: [
      'run "devca issue app.localhost api.localhost" with each name spelled out',
      'by hand: use a domain with two labels, such as *.dev.test',
    ],
    observed: {},
    documented: {},
  },
  {
    code: 'DEVCA_FAULT_NAME_CONSTRAINT',
    title: 'the name lies outside what the authority is allowed to certify',
    causes: [
      "the authority's certificate has name constraints, and this name is not among the permitted ones",
      'a common name in the subject is held against the constraint as if it were a host name',
      'an IP address or URI stands in a certificate under a constraint that the client does not understand',
    ],
    question:
      'has a certificate above the end entity a Name Constraints extension that leaves this name out?',
    fixes: [
      'run "devca ca permit NAME" so that the authority may certify the name, then "devca issue NAME"',
      'run "devca verify FILE" to see which name breaks which constraint',
      'by hand: use a name under a permitted domain, such as localhost, test or internal',
    ],
    observed: {
      go: ['certificate is not authorized to sign for this name', 'is not permitted by any constraint'],
      java: ['name constraints check failed'],
      rustls: ['NameConstraintViolation'],
      firefox: ['SEC_ERROR_CERT_NOT_IN_NAME_SPACE'],
    },
    documented: {
      chrome: ['ERR_CERT_NAME_CONSTRAINT_VIOLATION'],
      go: ['is excluded by constraint'],
      schannel: ['CERT_TRUST_HAS_NOT_PERMITTED_NAME_CONSTRAINT'],
      dotnet: ['errors in the certificate chain: HasNotPermittedNameConstraint', 'InvalidNameConstraints'],
      apple: ['errSecCertificateNameNotAllowed'],
    },
    ofClient: 'DEVCA_FAULT_CLIENT_CERT_REFUSED',
  },
];
