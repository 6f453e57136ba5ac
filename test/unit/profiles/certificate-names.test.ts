import { describe, expect, it } from '@jest/globals';
import { builtInProfile } from '../../../src/profiles/built-in.ts';
import { type NameRequest, readCertificateNames } from '../../../src/profiles/certificate-names.ts';
import type { Profile } from '../../../src/profiles/profile.ts';

const read = (profile: string, names: readonly string[], more: Omit<NameRequest, 'names'> = {}) => {
  const result = readCertificateNames({ names, ...more }, builtInProfile(profile) as Profile);
  return { ...result, subjectAltNames: result.subjectAltNames.map(({ value }) => value) };
};

describe('the names of a server', () => {
  it('are as given, and the first DNS name is the common name', () => {
    expect(read('server', ['127.0.0.1', 'API.test', 'localhost', '::1', 'api.test'])).toMatchObject({
      commonName: 'api.test',
      subjectAltNames: ['127.0.0.1', 'api.test', 'localhost', '::1'],
      requested: ['127.0.0.1', 'api.test', 'localhost', '::1'],
      bareLabel: undefined,
    });
  });

  it('leave the subject empty where there are addresses only', () => {
    expect(read('server', ['127.0.0.1']).commonName).toBeUndefined();
  });

  it('skip a name of more than 64 characters for the common name', () => {
    const long = `${'a'.repeat(60)}.test`;
    expect(read('server', [long]).commonName).toBeUndefined();
    expect(read('server', [long, 'b.test']).commonName).toBe('b.test');
    expect(read('server', [`${'a'.repeat(59)}.test`]).commonName).toHaveLength(64);
  });

  it('carry the warnings of each name', () => {
    expect(read('server', ['*.test', 'a_b.test']).warnings).toHaveLength(2);
  });
});

describe('the names of a client', () => {
  it('are its label as common name, as typed, and as a DNS name below the trust domain', () => {
    expect(read('client', ['Alice', 'alice@example.com'])).toMatchObject({
      commonName: 'Alice',
      subjectAltNames: ['alice.dev.internal', 'alice@example.com'],
      requested: ['alice', 'alice@example.com'],
      bareLabel: undefined,
    });
  });

  it('are an e-mail address alone where that comes first', () => {
    expect(read('client', ['alice@Example.com'])).toMatchObject({
      commonName: 'alice@example.com',
      subjectAltNames: ['alice@example.com'],
    });
  });

  it('may be a number', () => {
    expect(read('client', ['4711'])).toMatchObject({
      commonName: '4711',
      subjectAltNames: ['4711.dev.internal'],
    });
  });

  it('may have a URI', () => {
    expect(read('client', ['alice', 'urn:example:1', 'spiffe://dev.internal/a']).subjectAltNames).toEqual([
      'alice.dev.internal',
      'urn:example:1',
      'spiffe://dev.internal/a',
    ]);
  });
});

describe('the names of a service', () => {
  it('are its DNS name, further ones, and its SPIFFE ID', () => {
    expect(read('service', ['orders', 'orders.test', '10.0.0.1'])).toMatchObject({
      commonName: 'orders',
      subjectAltNames: ['orders.dev.internal', 'orders.test', '10.0.0.1', 'spiffe://dev.internal/orders'],
      bareLabel: { kind: 'dNSName', value: 'orders' },
    });
  });

  it('follow the trust domain', () => {
    expect(read('service', ['orders'], { trustDomain: 'Stage.Example' }).subjectAltNames).toEqual([
      'orders.stage.example',
      'spiffe://stage.example/orders',
    ]);
  });

  it('are in A-labels', () => {
    expect(read('service', ['bücher'])).toMatchObject({
      commonName: 'xn--bcher-kva',
      subjectAltNames: ['xn--bcher-kva.dev.internal', 'spiffe://dev.internal/xn--bcher-kva'],
    });
  });
});

describe('names that a profile does not take', () => {
  it.each([
    [
      'server',
      ['alice@test'],
      'takes DNS names and IP addresses here, not e-mail addresses',
      ['run "devca issue --profile client alice@test"'],
    ],
    [
      'server',
      ['spiffe://a.test/b'],
      'not URIs',
      ['run "devca issue --profile service --trust-domain a.test b"'],
    ],
    ['server', ['spiffe://dev.internal/a/b'], 'not URIs', []],
    [
      'client',
      ['127.0.0.1'],
      'the first name of a client is a label or an e-mail address, such as "orders"',
      [],
    ],
    ['client', ['alice.test'], 'such as "alice"', ['give "alice" first']],
    ['client', ['alice', 'a.test'], 'not DNS names', []],
    ['service', ['orders.test'], 'is a label, such as "orders"', ['give "orders" first, then "orders.test"']],
    [
      'service',
      ['*.orders.test'],
      'is a label, such as "orders"',
      ['give "orders" first, then "*.orders.test"'],
    ],
    ['service', ['orders', 'spiffe://dev.internal/x'], 'not URIs', []],
    ['service', ['a@test'], 'the first name of a service is a label', []],
  ])('%s %j', (profile, names, reason, hints) => {
    expect(() => read(profile, names)).toThrow(
      expect.objectContaining({
        code: 'DEVCA_NAME_INVALID',
        message: expect.stringContaining(reason),
        hints: hints.length > 0 ? hints : [expect.any(String)],
      }),
    );
  });

  it('are all in one error', () => {
    expect(() => read('server', ['a b', 'ok.test', 'alice@test'])).toThrow(/^2 are not names/);
  });

  it('are none at all', () => {
    expect(() => read('server', [])).toThrow(
      expect.objectContaining({ code: 'DEVCA_ISSUE_NAMES_MISSING', exitStatus: 2 }),
    );
  });

  it('refuse more than clients take: DEVCA_ISSUE_TOO_MANY_NAMES', () => {
    const names = Array.from({ length: 10_000 }, (_, index) => `n${index}.test`);
    expect(() => read('server', names)).toThrow(
      expect.objectContaining({
        code: 'DEVCA_ISSUE_TOO_MANY_NAMES',
        context: { count: 10_000, limit: 1000 },
      }),
    );
    expect(read('server', names.slice(0, 1000)).requested).toHaveLength(1000);
  });
});

describe('trust domains and common names', () => {
  it.each(['', '*.test', 'a b', '127.0.0.1', 'https://x'])('%j is no trust domain', (trustDomain) => {
    expect(() => read('service', ['orders'], { trustDomain })).toThrow(
      expect.objectContaining({ code: 'DEVCA_ISSUE_TRUST_DOMAIN' }),
    );
  });

  it('refuses a trust domain that is too long below a label', () => {
    const trustDomain = `${'a'.repeat(60)}.`.repeat(4).slice(0, 240);
    expect(() => read('service', ['orders'], { trustDomain })).not.toThrow();
    expect(() => read('service', ['a'.repeat(40)], { trustDomain })).toThrow(
      expect.objectContaining({ code: 'DEVCA_ISSUE_TRUST_DOMAIN', message: expect.stringContaining('253') }),
    );
  });

  it('takes a common name that is given', () => {
    expect(read('server', ['127.0.0.1'], { commonName: 'My Büro' }).commonName).toBe('My Büro');
    expect(read('client', ['alice'], { commonName: 'bob' }).commonName).toBe('bob');
  });

  it.each([
    ['', 'empty'],
    [' ', 'empty'],
    ['a'.repeat(65), '64'],
    ['a\nb', 'control'],
    ['\ud800', 'Unicode'],
  ])('refuses the common name %j', (commonName, reason) => {
    expect(() => read('server', ['a.test'], { commonName })).toThrow(
      expect.objectContaining({ code: 'DEVCA_ISSUE_COMMON_NAME', message: expect.stringContaining(reason) }),
    );
  });

  it('refuses an e-mail address that is too long for a common name', () => {
    expect(() => read('client', [`${'a'.repeat(60)}@example.com`])).toThrow(
      expect.objectContaining({ code: 'DEVCA_ISSUE_COMMON_NAME', hints: [expect.stringContaining('--cn')] }),
    );
  });
});
