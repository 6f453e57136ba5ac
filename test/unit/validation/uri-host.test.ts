import { expect, it } from '@jest/globals';
import { normalizeUri, uriHost } from '../../../src/validation/uri-host.ts';

it.each([
  ['https://API.test/a?b#c', 'api.test'],
  ['https://user:pass@api.test:8443', 'api.test'],
  ['spiffe://dev.internal/orders', 'dev.internal'],
  ['https://api.test:', 'api.test'],
  ['https://a@b@api.test/', 'api.test'],
  ['urn:uuid:1', undefined],
  ['mailto:a@b.test', undefined],
  ['https://127.0.0.1/', undefined],
  ['https://[::1]/', undefined],
  ['https:///a', undefined],
  ['//api.test/a', undefined],
  ['https://.api.test/', undefined],
  ['https://a b/', undefined],
  ['https://evil.com\\@api.test/', undefined],
  ['https://evil.com\t@api.test/', undefined],
])('%s has the host %s', (uri, host) => {
  expect(uriHost(uri)).toBe(host);
});

it.each([
  ['HTTPS://User@API.test/A', 'https://User@api.test/A'],
  ['SPIFFE://Dev.Internal/Orders', 'spiffe://dev.internal/Orders'],
  ['URN:Example:A', 'urn:Example:A'],
  ['no uri', 'no uri'],
])('%s is compared as %s', (uri, normal) => {
  expect(normalizeUri(uri)).toBe(normal);
});
