import type { FaultRow } from '../fault.ts';

/** What only browsers do. */
export const browserFaults: readonly FaultRow[] = [
  {
    code: 'DEVCA_FAULT_HSTS',
    title:
      'the browser allows no exception for this host, because it was told to use good certificates only (HSTS)',
    causes: [
      'the site has sent Strict-Transport-Security before, perhaps for another service on the same host name',
      'the domain is on the list that browsers ship: .dev, .app and others need HTTPS always',
    ],
    question: 'does the error page lack the button to go on, and mention HSTS?',
    fixes: [
      'run "devca explain" with the error code that the page shows beside it: HSTS only forbids to skip that error',
      'run "devca trust install", then restart the browser: with a trusted certificate HSTS does no harm',
      'by hand: chrome://net-internals/#hsts "Delete domain security policies"; in Firefox forget the site in the history',
      'by hand: use a name under localhost or test, not .dev',
    ],
    observed: {},
    documented: {
      chrome: ['You cannot visit … right now because the website uses HSTS', 'because the website uses HSTS'],
      firefox: [
        'has a security policy called HTTP Strict Transport Security (HSTS)',
        'MOZILLA_PKIX_ERROR_INSUFFICIENT_CERTIFICATE_TRANSPARENCY … HSTS',
      ],
    },
  },
  {
    code: 'DEVCA_FAULT_KEY_PINNED',
    title: 'the client expects another key than the one in the certificate (pinning)',
    causes: [
      'an app or a setting pins the key of the public certificate, and a local one is served in its place',
      'the key was changed and the pin was not',
    ],
    question: 'is a pin configured for the host (--pinnedpubkey, an app setting, a policy)?',
    fixes: [
      'by hand: remove the pin for the local host name, or pin the new key',
      'by hand: keep the key when the certificate is renewed, and the pin stays right',
    ],
    observed: {},
    documented: {
      chrome: ['ERR_SSL_PINNED_KEY_NOT_IN_CERT_CHAIN'],
      firefox: ['MOZILLA_PKIX_ERROR_KEY_PINNING_FAILURE'],
      curl: ['SSL: public key does not match pinned public key'],
      java: ['Certificate pinning failure'],
    },
  },
  {
    code: 'DEVCA_FAULT_TRANSPARENCY',
    title: 'the client wants a proof that the certificate was logged publicly (Certificate Transparency)',
    causes: [
      'the certificate hangs under a public root but was not logged',
      'a policy demands it for local roots too',
    ],
    question: 'is the certificate issued by a public authority?',
    fixes: [
      'run "devca issue NAME" for local names: certificates under a root that the user added need no proof',
      'by hand: have the public authority issue the certificate anew',
    ],
    observed: {},
    documented: {
      chrome: ['ERR_CERTIFICATE_TRANSPARENCY_REQUIRED'],
      firefox: ['MOZILLA_PKIX_ERROR_INSUFFICIENT_CERTIFICATE_TRANSPARENCY'],
      apple: ['certificate does not meet … Certificate Transparency'],
    },
  },
  {
    code: 'DEVCA_FAULT_BROWSER_OLD_STORE',
    title: 'the browser reads another certificate store than the one that the root is in',
    causes: [
      'Chromium 146 and later reads ~/.local/share/pki/nssdb, unless a ~/.pki/nssdb exists',
      'Firefox 147 and later keeps profiles under ~/.config/mozilla/firefox, unless ~/.mozilla exists',
      'a snap or flatpak browser has a store of its own',
      "Chrome and Firefox on Linux do not read the system's store",
    ],
    question: 'does "devca trust status" show another path than the profile that the browser uses?',
    fixes: [
      'run "devca trust install": it finds old and new places, snap and flatpak',
      'run "devca trust status" to see every store with its path',
    ],
    observed: {},
    documented: { chrome: ['no Firefox and/or Chrome/Chromium security databases found'] },
  },
];
