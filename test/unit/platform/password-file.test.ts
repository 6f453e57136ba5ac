import { describe, expect, it } from '@jest/globals';
import { ownerName, parseUsers } from '../../../src/platform/password-file.ts';
import { testWorld } from '../../support/test-world.ts';

const LINES = [
  'root:x:0:0::/root:/bin/sh',
  'ada:x:1000:1001:Ada,,:/home/ada:/bin/sh',
  '# a remark',
  'nobody:x:65534:65534',
  'odd:x:12a:1::/home/odd:',
  'mac:********:501:20::0:0:Mac:/Users/mac:/bin/zsh',
];

describe('the password file', () => {
  it('gives the users that have a home', () => {
    expect(parseUsers(LINES.join('\n'))).toEqual([
      { uid: 0, gid: 0, userName: 'root', homeFolder: '/root' },
      { uid: 1000, gid: 1001, userName: 'ada', homeFolder: '/home/ada' },
      { uid: 501, gid: 20, userName: 'mac', homeFolder: '/Users/mac' },
    ]);
  });

  it('names the owner of something, by number where nobody is known or nothing can be read', () => {
    const world = testWorld({ home: '/home/ada' });
    const files = { ...world.files, readIfPresent: () => Buffer.from(LINES.join('\n')) };
    expect([1000, 4711].map((uid) => ownerName(uid, { files }))).toEqual(['ada', '#4711']);
    const unreadable = {
      ...world.files,
      readIfPresent: (): never => {
        throw new Error('no');
      },
    };
    expect(ownerName(1000, { files: unreadable })).toBe('#1000');
  });
});
