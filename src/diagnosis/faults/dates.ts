import type { FaultRow } from '../fault.ts';

/** Certificates and clocks that do not agree. */
export const dateFaults: readonly FaultRow[] = [
  {
    code: 'DEVCA_FAULT_EXPIRED',
    title: 'the certificate has expired',
    causes: [
      'it was not renewed in time',
      'it was renewed, but the server still serves the old one: most read their files at start only',
      'the clock of the client is ahead',
    ],
    question: "is notAfter of the server's own certificate in the past?",
    fixes: [
      'run "devca renew NAME", then reload the server; "devca watch" renews in time by itself',
      'run "devca list --expiring 30d" to see what is due next',
      'run "devca verify HOST:PORT" against the running server: it may still serve the old file',
      'by hand: compare "date -u" on both machines with notAfter',
    ],
    observed: {
      go: ['x509: certificate has expired or is not yet valid: current time … is after'],
      java: ['CertificateExpiredException'],
      rustls: ['certificate expired: verification time'],
      firefox: ['SEC_ERROR_EXPIRED_CERTIFICATE'],
      gnutls: ['The certificate chain uses expired certificate'],
      wget: ['The certificate of … has expired', 'The certificate has expired'],
    },
    documented: {
      rustls: ['CertExpired', 'InvalidCertificate(Expired)'],
      go: ['x509: … certificate is expired'],
    },
    ofClient: 'DEVCA_FAULT_CLIENT_CERT_EXPIRED',
  },
  {
    code: 'DEVCA_FAULT_ISSUER_EXPIRED',
    title: 'a certificate of the chain above the end entity has expired',
    causes: [
      'the intermediate or root has reached its end; an authority of devca lives 5 years',
      'the chain file still holds an old intermediate of the same name',
      'the clock of the client is ahead',
    ],
    question: "is the server's own certificate still valid, but notAfter of one above it in the past?",
    fixes: [
      'run "devca verify HOST:PORT" to see which certificate of the chain it is',
      'run "devca ca roll" for a new generation where the authority itself has ended, then "devca renew --all"',
      'by hand: put the present intermediate into the chain file and reload the server',
    ],
    observed: { firefox: ['SEC_ERROR_EXPIRED_ISSUER_CERTIFICATE'] },
    documented: {
      openssl: ['error 10 at 1 depth lookup', 'error 10 at 2 depth lookup'],
    },
    ofClient: 'DEVCA_FAULT_CLIENT_CERT_EXPIRED',
  },
  {
    code: 'DEVCA_FAULT_NOT_YET_VALID',
    title: 'the certificate is not valid yet',
    causes: [
      'the clock of the client is behind, often in a virtual machine or container that was suspended',
      'the clock of the machine that issued the certificate was ahead',
      'the certificate was issued for a later date on purpose',
    ],
    question: 'is notBefore of a certificate in the chain later than the time of the client?',
    fixes: [
      'run "devca show FILE" to see from when it is valid',
      'run "devca issue NAME --force" if the certificate itself is wrong: devca backdates by 5 minutes',
      'by hand: "date -u" on both machines; turn on time synchronisation with "timedatectl set-ntp true"',
    ],
    observed: {
      go: ['x509: certificate has expired or is not yet valid: current time … is before'],
      java: ['CertificateNotYetValidException'],
      rustls: ['certificate not valid yet: verification time'],
      firefox: ['MOZILLA_PKIX_ERROR_NOT_YET_VALID_CERTIFICATE'],
      gnutls: ['The certificate chain uses not yet valid certificate'],
      wget: ['The certificate of … is not yet activated', 'The certificate has not yet been activated'],
    },
    documented: {
      firefox: ['MOZILLA_PKIX_ERROR_NOT_YET_VALID_ISSUER_CERTIFICATE'],
      rustls: ['CertNotValidYet', 'InvalidCertificate(NotValidYet)'],
    },
    ofClient: 'DEVCA_FAULT_CLIENT_CERT_EXPIRED',
  },
  {
    code: 'DEVCA_FAULT_CLOCK_WRONG',
    title: 'the clock of the client is wrong',
    causes: [
      'the machine was suspended, its battery is empty, or time synchronisation is off',
      'the time zone was set instead of the time',
    ],
    question: 'does "date -u" on the client differ from another machine by more than a few minutes?',
    fixes: [
      'run "devca doctor" to see what the clock makes of certificates and records',
      'by hand: "timedatectl set-ntp true", or "hwclock --hctosys" in a virtual machine that slept',
    ],
    observed: {},
    documented: {
      chrome: ['Your clock is behind', 'Your clock is ahead'],
      firefox: ['Your Computer Clock is Wrong', 'SEC_ERROR_INVALID_TIME'],
    },
  },
  {
    code: 'DEVCA_FAULT_VALIDITY_TOO_LONG',
    title: 'the certificate is valid for longer than the client accepts',
    causes: [
      'Apple refuses server certificates of more than 825 days, even under a root that the user added',
      'the certificate comes from a tool that writes lives of ten years',
    ],
    question: 'are there more than 825 days (397 under a public root) between notBefore and notAfter?',
    fixes: [
      'run "devca issue NAME": its certificates live 397 days, and never more than 825',
      'run "devca verify FILE" to see what else Apple objects to',
      'by hand: issue anew with at most 825 days',
    ],
    observed: {},
    documented: {
      chrome: ['ERR_CERT_VALIDITY_TOO_LONG'],
      apple: ['certificate is not standards compliant'],
      go: ['x509: … certificate is not standards compliant'],
      firefox: ['MOZILLA_PKIX_ERROR_VALIDITY_TOO_LONG'],
    },
  },
];
