import { expect, it } from '@jest/globals';
import { fileNameFor } from '../../../src/authority/file-name.ts';

// mkcert's cert.go, fileNames
it.each([
  [['localhost'], '', 'localhost'],
  [['localhost', '127.0.0.1', '::1'], '', 'localhost+2'],
  [['*.app.test'], '', '_wildcard.app.test'],
  [['*.app.test', 'app.test'], '', '_wildcard.app.test+1'],
  [['::1'], '', '__1'],
  [['alice'], '-client', 'alice-client'],
  [['alice@example.com', 'urn:example:1'], '-client', 'alice@example.com+1-client'],
  [['spiffe://dev.internal/../x'], '', 'spiffe___dev.internal_.._x'],
  [["o'hara/x@test"], '-client', 'o_hara_x@test-client'],
])('%j%s is %s', (names, suffix, expected) => {
  expect(fileNameFor(names, suffix)).toBe(expected);
});

it('fits into the name of a file', () => {
  expect(fileNameFor(['a.'.repeat(126)], '').length).toBeLessThanOrEqual(200);
});
