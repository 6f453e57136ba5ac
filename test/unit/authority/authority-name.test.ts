import { expect, it } from '@jest/globals';
import { authorityName } from '../../../src/authority/authority-name.ts';
import { commonNameOf } from '../../../src/pki/name.ts';
import { formatName } from '../../../src/pki/name-text.ts';

const KEY_IDENTIFIER = Uint8Array.of(0xab, 0xcd, 0xef, 0x01, 0x23);
const cnOf = (userName: string, hostName: string, kind: 'root' | 'intermediate' = 'root') =>
  commonNameOf(authorityName(kind, 1, KEY_IDENTIFIER, { userName, hostName }));

it('says whose authority it is, and which', () => {
  const name = authorityName('intermediate', 2, KEY_IDENTIFIER, {
    userName: 'mara',
    hostName: 'laptop.local',
  });
  expect(formatName(name)).toBe(
    'CN=devca intermediate mara@laptop.local 2,OU=abcdef01,O=devca development CA',
  );
});

it('leaves out what is odd in a user or host name', () => {
  expect(cnOf('DOMAIN\\jö n', 'host"\n')).toBe('devca root DOMAIN-j-n@host- 1');
  expect(cnOf('', '')).toBe('devca root unknown@unknown 1');
});

it.each(['root', 'intermediate'] as const)(
  'has 64 characters at most as %s, the generation among them',
  (kind) => {
    const commonName = cnOf('u'.repeat(100), 'h'.repeat(100), kind) ?? '';
    expect(commonName).toHaveLength(64);
    expect(commonName.endsWith(' 1')).toBe(true);
  },
);
