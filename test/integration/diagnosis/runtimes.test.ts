import { clientSuite } from './client-suite.ts';

clientSuite('node', ['openssl'], 45);
clientSuite('python', ['openssl', 'python3'], 45);
clientSuite('go', ['openssl', 'go'], 40);
clientSuite('java', ['openssl', 'java'], 40);
