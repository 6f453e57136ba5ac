import { expect, it } from '@jest/globals';
import { parseMailbox, sameMailbox } from '../../../src/validation/mailbox.ts';

it.each([
  ['a@b.test', 'a', 'b.test'],
  ['A.b+c@B.Test', 'A.b+c', 'b.test'],
  ['*@b.test', '*', 'b.test'],
  ['"a b"@b.test', 'a b', 'b.test'],
  ['"a\\"b"@b.test', 'a"b', 'b.test'],
  ['"a@b"@c.test', 'a@b', 'c.test'],
  ['a@localhost', 'a', 'localhost'],
])('%s has the local part %s at %s', (text, localPart, domain) => {
  const mailbox = parseMailbox(text);
  expect(mailbox?.localPart).toBe(localPart);
  expect(mailbox?.domain).toBe(domain);
});

it.each([
  '',
  'a',
  '@b.test',
  'a@',
  'a@b@c.test',
  'a b@c.test',
  '.a@b.test',
  'a.@b.test',
  'a..b@c.test',
  '<a@b.test>',
  'a@[1.2.3.4]',
  'a@.b.test',
  'a@b.test\0',
  `${'a'.repeat(65)}@b.test`,
])('"%s" is none', (text) => {
  expect(parseMailbox(text)).toBeUndefined();
});

it('is the same with another case of the domain only, quoted or not', () => {
  const mailbox = (text: string) => parseMailbox(text) ?? { localPart: '', domain: '' };
  expect(sameMailbox(mailbox('a@b.test'), mailbox('a@B.TEST'))).toBe(true);
  expect(sameMailbox(mailbox('"a"@b.test'), mailbox('a@b.test'))).toBe(true);
  expect(sameMailbox(mailbox('a@b.test'), mailbox('A@b.test'))).toBe(false);
});
