import { clientSuite } from './client-suite.ts';

clientSuite('chrome', ['openssl', 'certutil', 'chromium'], 30);
clientSuite('firefox', ['openssl', 'certutil', 'firefox'], 30);
