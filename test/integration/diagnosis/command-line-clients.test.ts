import { clientSuite } from './client-suite.ts';

clientSuite('openssl', ['openssl'], 45);
clientSuite('curl', ['openssl', 'curl'], 45);
clientSuite('gnutls', ['openssl', 'gnutls-cli'], 35);
clientSuite('git', ['openssl', 'git'], 35);
clientSuite('wget', ['openssl', 'wget'], 35);
