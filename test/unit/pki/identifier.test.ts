import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { DevcaError } from '../../../src/errors/devca-error.ts';
import { toUnicode } from '../../../src/pki/dns-name.ts';
import { parseIdentifier, parseIdentifiers } from '../../../src/pki/identifier.ts';

const canonical = (text: string) => {
  const { name } = parseIdentifier(text);
  return `${name.kind} ${name.value}`;
};

/** Reason and hint of a refused name. */
function refusalOf(text: string): { reason: string; hint?: string } {
  try {
    parseIdentifier(text);
  } catch (error) {
    if (error instanceof DevcaError && error.code === 'DEVCA_NAME_INVALID') {
      const { problems } = (error as DevcaError<'DEVCA_NAME_INVALID'>).context;
      return problems[0] ?? { reason: '' };
    }
    throw error;
  }
  throw new Error(`"${text}" was accepted`);
}

describe('names that are read', () => {
  it.each([
    ['localhost', 'dNSName localhost'],
    ['API.Test', 'dNSName api.test'],
    ['*.app.test', 'dNSName *.app.test'],
    ['a.b-c.d1.test', 'dNSName a.b-c.d1.test'],
    ['my_service', 'dNSName my_service'],
    ['1.test', 'dNSName 1.test'],
    ['bücher.test', 'dNSName xn--bcher-kva.test'],
    ['BÜCHER.test', 'dNSName xn--bcher-kva.test'],
    ['xn--bcher-kva.test', 'dNSName xn--bcher-kva.test'],
    ['faß.test', 'dNSName xn--fa-hia.test'],
    ['*.日本語.test', 'dNSName *.xn--wgv71a119e.test'],
    ['a。test', 'dNSName a.test'],
    ['127.0.0.1', 'iPAddress 127.0.0.1'],
    ['::1', 'iPAddress ::1'],
    ['[::1]', 'iPAddress ::1'],
    ['2001:DB8:0:0:0:0:0:1', 'iPAddress 2001:db8::1'],
    ['alice@Example.COM', 'rfc822Name alice@example.com'],
    ['a.b+c@bücher.test', 'rfc822Name a.b+c@xn--bcher-kva.test'],
    ['spiffe://Dev.Internal/orders', 'uniformResourceIdentifier spiffe://dev.internal/orders'],
    ['SPIFFE://dev.internal', 'uniformResourceIdentifier spiffe://dev.internal'],
    [
      'urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6',
      'uniformResourceIdentifier urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6',
    ],
  ])('reads %s', (text, expected) => {
    expect(canonical(text)).toBe(expected);
  });

  it('leaves out a name that is given twice, in whatever form', () => {
    const names = parseIdentifiers(['localhost', 'LOCALHOST', '::1', '[0:0:0:0:0:0:0:1]']);
    expect(names.map(({ name }) => name.value)).toEqual(['localhost', '::1']);
  });

  it('shows an A-label as a person reads it', () => {
    expect(toUnicode('*.xn--bcher-kva.test')).toBe('*.bücher.test');
  });
});

describe('names that clients refuse', () => {
  it.each(['*.localhost', '*.test'])('warns about the wildcard %s', (text) => {
    expect(parseIdentifier(text).warnings).toEqual([
      expect.stringContaining('most clients refuse the wildcard'),
    ]);
  });

  it('warns about an underscore', () => {
    expect(parseIdentifier('my_service.test').warnings).toEqual([expect.stringContaining('RFC 1123')]);
  });

  it('says nothing about a wildcard further down', () => {
    expect(parseIdentifier('*.app.test').warnings).toEqual([]);
  });
});

describe('names that are refused', () => {
  it.each([
    ['', 'empty'],
    ['a b', 'space'],
    ['a\nb', 'control character'],
    ['localhost\n', 'control character'],
    ['a\u0000b', 'control character'],
    ['-x', 'begins with a hyphen'],
    ['../x', '"/" cannot be'],
    ['a..b', 'empty label'],
    ['a-.test', 'begins or ends with a hyphen'],
    ['a.-b.test', 'begins or ends with a hyphen'],
    ['*', 'every name'],
    ['a*.test', 'whole first label'],
    ['a.*.test', 'only for the first label'],
    ['*.*.test', 'only for the first label'],
    ['1.2.3', 'looks like an IPv4 address'],
    ['127.1', 'looks like an IPv4 address'],
    ['256.1.1.1', 'looks like an IPv4 address'],
    ['0x7f.0x1', 'looks like an IPv4 address'],
    ['127.0.0.01', 'looks like an IPv4 address'],
    ['１２７.0.0.1', 'looks like an IPv4 address'],
    ['12345', 'looks like an IPv4 address'],
    ['::ffff:g', 'colons'],
    ['1:2:3', 'colons'],
    ['[::1', 'bracket'],
    ['[localhost]', 'brackets'],
    ['xn--a.test', 'punycode'],
    ['xn--zzzzzz9.test', 'punycode'],
    ['-é.test', 'begins with a hyphen'],
    ['a.é-.test', 'begins or ends with a hyphen'],
    ['\u202eabc.test', 'UTS 46'],
    ['a\u200db.test', 'UTS 46'],
    ['$(id).test', '"$" cannot be'],
    ['a;b', '";" cannot be'],
    ['a\\b', '"\\" cannot be'],
    ['@test', 'before the "@"'],
    ['a b@test', 'dot-atom'],
    ['a..b@test', 'dot-atom'],
    ['ü@test', 'RFC 9598'],
    ['a@', 'after the "@"'],
    ['a@*.test', 'wildcard'],
    [`${'a'.repeat(65)}@test`, '64'],
    ['spiffe://', 'trust domain'],
    ['spiffe://*.test/a', 'wildcard'],
    ['spiffe://dev.internal//a', 'empty segment'],
    ['spiffe://dev.internal/a/', 'empty segment'],
    ['spiffe://dev.internal/../a', '".."'],
    ['spiffe://dev.internal/a?b', 'letters, digits'],
    ['spiffe:dev', 'does not begin'],
    ['urn:x', 'not a URN'],
  ])('refuses %j', (text, reason) => {
    expect(refusalOf(text).reason).toContain(reason);
  });

  it('refuses a name of more than 253 characters and a label of more than 63', () => {
    expect(refusalOf(Array(64).fill('abc').join('.')).reason).toContain('253 is the limit');
    expect(refusalOf('a'.repeat(1_000_000)).reason).toContain('is the limit');
    expect(refusalOf(`${'a'.repeat(64)}.test`).reason).toContain('63 is the limit');
    expect(refusalOf(`${'é'.repeat(70)}.test`).reason).toContain('63 is the limit');
    expect(canonical(`${'a'.repeat(63)}.test`)).toBe(`dNSName ${'a'.repeat(63)}.test`);
  });

  it.each([
    ['localhost:8443', 'leave out the port: "localhost"'],
    ['127.0.0.1:80', 'leave out the port: "127.0.0.1"'],
    ['[::1]:8443', 'leave out the port: "::1"'],
    ['10.0.0.0/8', 'give one address, such as "10.0.0.0"'],
    ['fe80::1%eth0', 'leave out the zone: "fe80::1"'],
    ['https://app.test:8443/x?y', 'give the host alone: "app.test"'],
    ['postgres://user@db.test/x', 'give the host alone: "db.test"'],
    ['http://[::1]:80/', 'give the host alone: "::1"'],
    ['app.test/path', 'leave out the path: "app.test"'],
    ['localhost.', 'give "localhost"'],
    ['.test', 'give "test"'],
    ['[127.0.0.1]', 'leave them out: "127.0.0.1"'],
    ['::ffff:127.0.0.1', 'give the IPv4 address: "127.0.0.1"'],
    ['a*.test', 'write it as "*.NAME"'],
  ])('says what to give instead of %s', (text, hint) => {
    expect(refusalOf(text).hint).toBe(hint);
  });

  it('names all bad ones in one error', () => {
    const parse = () => parseIdentifiers(['ok.test', 'a b', 'localhost:1', '']);
    expect(parse).toThrow(
      expect.objectContaining({
        code: 'DEVCA_NAME_INVALID',
        exitStatus: 2,
        message: expect.stringMatching(/^3 are not names .*"a b" .*"localhost:1" .*"" /),
        hints: ['leave out the port: "localhost"'],
      }),
    );
  });

  it('cuts a huge value in the message', () => {
    expect(() => parseIdentifier('a'.repeat(100_000))).toThrow(
      expect.objectContaining({ message: expect.stringMatching(/^.{0,200}$/) }),
    );
  });
});

describe('any text', () => {
  const hostile = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 300 }),
    fc.string({ unit: fc.constantFrom(...'a.:/[]%*@-_0é \n'), maxLength: 40 }),
    fc.domain(),
    fc.ipV4(),
    fc.ipV6(),
    fc.emailAddress(),
    fc.webUrl(),
  );

  it('is read or refused with DEVCA_NAME_INVALID', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        try {
          parseIdentifier(text);
        } catch (error) {
          expect(error).toMatchObject({ code: 'DEVCA_NAME_INVALID' });
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('gives a canonical text that is read as itself', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        let first: ReturnType<typeof parseIdentifier>;
        try {
          first = parseIdentifier(text);
        } catch {
          return;
        }
        expect(parseIdentifier(first.name.value).name).toEqual(first.name);
        expect(first.name.value).toMatch(/^[!-~]+$/);
      }),
      { numRuns: 2000 },
    );
  });
});
