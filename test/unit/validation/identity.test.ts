import { describe, expect, it } from '@jest/globals';
import type { GeneralName } from '../../../src/pki/general-name.ts';
import { checkIdentity } from '../../../src/validation/identity.ts';
import { describe as write } from '../../../src/validation/problem.ts';
import type { ReferenceName, ValidationPolicy } from '../../../src/validation/request.ts';
import { dns, email, ip, testServer, uri } from '../../support/test-pki.ts';

function codes(
  names: readonly GeneralName[],
  name: ReferenceName,
  policy: ValidationPolicy = 'webpki',
): string[] {
  const { certificate } = testServer({ subject: 'api.test', names });
  return checkIdentity(certificate, name, policy).map(({ code }) => code);
}

const host = (value: string): ReferenceName => ({ kind: 'dns', value });

describe('the name that a client looks for', () => {
  it.each<[string, GeneralName, ReferenceName]>([
    ['a host', dns('api.test'), host('api.test')],
    ['a host in another case', dns('API.test'), host('api.TEST')],
    ['a host with the dot of the root', dns('api.test'), host('api.test.')],
    ['a host in U-labels', dns('xn--bcher-kva.test'), host('Bücher.test')],
    ['a host that a wildcard stands for', dns('*.api.test'), host('www.api.test')],
    ['a host with an underscore', dns('my_app.test'), host('my_app.test')],
    ['an IPv4 address', ip('127.0.0.1'), { kind: 'ip', value: '127.0.0.1' }],
    ['an IPv6 address in another form', ip('::1'), { kind: 'ip', value: '0:0:0:0:0:0:0:1' }],
    ['an e-mail address', email('a@B.test'), { kind: 'email', value: 'a@b.test' }],
    ['a URI', uri('spiffe://dev.internal/a'), { kind: 'uri', value: 'SPIFFE://dev.internal/a' }],
  ])('may be %s', (_, presented, wanted) => {
    expect(codes([dns('other.test'), presented], wanted)).toEqual([]);
  });

  it.each<[string, GeneralName, ReferenceName]>([
    ['a wildcard for more than one label', dns('*.test'), host('www.api.test')],
    ['a wildcard for no label', dns('*.api.test'), host('api.test')],
    ['a wildcard within a label', dns('w*.api.test'), host('www.api.test')],
    ['a wildcard further right', dns('www.*.test'), host('www.api.test')],
    ['a subdomain', dns('api.test'), host('www.api.test')],
    ['a dNSName with a dot at its end', dns('api.test.'), host('api.test')],
    ['another address', ip('127.0.0.2'), { kind: 'ip', value: '127.0.0.1' }],
    ['an IPv4-mapped address', ip('::ffff:127.0.0.1'), { kind: 'ip', value: '127.0.0.1' }],
    ['another local part', email('A@b.test'), { kind: 'email', value: 'a@b.test' }],
    ['another path', uri('spiffe://dev.internal/b'), { kind: 'uri', value: 'spiffe://dev.internal/a' }],
  ])('is not matched by %s', (_, presented, wanted) => {
    expect(codes([presented], wanted)).toEqual(['DEVCA_NAME_MISMATCH']);
  });

  it('is never the common name', () => {
    expect(codes([ip('127.0.0.1')], host('api.test'))).toEqual(['DEVCA_NAME_ABSENT']);
  });

  it('is no dNSName where it is an address', () => {
    expect(codes([dns('127.0.0.1')], { kind: 'ip', value: '127.0.0.1' })).toEqual(['DEVCA_NAME_ABSENT']);
  });

  it('needs more than one label below a wildcard for the clients of the web', () => {
    expect(codes([dns('*.test')], host('api.test'))).toEqual(['DEVCA_NAME_WILDCARD_TOO_WIDE']);
    expect(codes([dns('*.test')], host('api.test'), 'rfc5280')).toEqual([]);
  });

  it('has no underscore by the letter of the standard', () => {
    expect(codes([dns('my_app.test')], host('my_app.test'), 'rfc5280')).toEqual(['DEVCA_NAME_MISMATCH']);
  });

  it.each<ReferenceName>([
    host(''),
    host('127.0.0.1'),
    host('a b'),
    host('-a.test'),
    { kind: 'ip', value: 'localhost' },
    { kind: 'email', value: 'nobody' },
    { kind: 'uri', value: 'api.test' },
  ])('cannot be $kind "$value"', (wanted) => {
    expect(codes([dns('api.test')], wanted)).toEqual(['DEVCA_NAME_UNUSABLE']);
  });

  it('is told with both sides of the comparison', () => {
    const { certificate } = testServer({ subject: 'a', names: [dns('api.test'), ip('::1')] });
    const [found] = checkIdentity(certificate, host('www.test'), 'webpki');
    expect(found && write(found)).toMatchObject({
      message: 'it is not for the host "www.test": its names are DNS:api.test, IP:::1',
      expected: 'www.test',
      presented: 'DNS:api.test, IP:::1',
      fix: 'run "devca issue" with "www.test" among the names',
      rfc: 'RFC 9525 section 6',
      certificate: { subject: 'CN=a' },
    });
  });
});
