import { describe, expect, it } from '@jest/globals';
import { readMapping, readOptions, readSections } from '../../../src/runtimes/settings-text.ts';

describe('settings of tools', () => {
  it('in sections are read with quotes, comments and a value beside the heading', () => {
    const text = [
      '# a comment = 1',
      'cafile=/top.pem',
      '[http] sslVerify = false',
      '\tsslCAInfo = "/a b/ca.pem" ; theirs',
      '[http "https://x]y.example"]',
      "sslcainfo = '/c.pem'",
      'ca[] = "-----BEGIN"\r',
      ';x = 1',
      'nothing',
    ].join('\n');
    expect(readSections(text)).toEqual([
      { section: '', key: 'cafile', value: '/top.pem' },
      { section: 'http', key: 'sslVerify', value: 'false' },
      { section: 'http', key: 'sslCAInfo', value: '/a b/ca.pem' },
      { section: 'http "https://x]y.example"', key: 'sslcainfo', value: '/c.pem' },
      { section: 'http "https://x]y.example"', key: 'ca', value: '-----BEGIN' },
    ]);
  });

  it.each([
    ['cacert = "/a \\"b\\"/ca.pem"', 'cacert', '/a "b"/ca.pem'],
    ['--cacert /ca.pem', 'cacert', '/ca.pem'],
    ['cacert: /ca.pem # theirs', 'cacert', '/ca.pem'],
    ['  cacert /ca.pem', 'cacert', '/ca.pem'],
    ['insecure', 'insecure', 'true'],
    ['-k', 'insecure', 'true'],
    ['--no-insecure', 'insecure', 'false'],
  ])('of curl are read: %s', (line, key, value) => {
    expect(readOptions(`# cacert = /no.pem\n\n${line}\n`)).toEqual([{ section: '', key, value }]);
  });

  it('in YAML are read at the left margin alone', () => {
    const text =
      'channels:\n  - defaults\n  ssl_verify: false\nssl_verify: "/ca.pem" # ours\n#ssl_verify: no\n';
    expect(readMapping(text)).toEqual([{ section: '', key: 'ssl_verify', value: '/ca.pem' }]);
  });
});
