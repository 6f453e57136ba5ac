import { describe, expect, it } from '@jest/globals';
import { checkCrlUrls } from '../../../src/authority/crl-url.ts';
import { createEphemeralAuthority } from '../../../src/authority/ephemeral-authority.ts';

describe('the place of a revocation list', () => {
  it.each([
    'http://crl.internal/devca.crl',
    'ldap://ldap.internal/cn=devca,dc=internal?certificateRevocationList',
  ])('can be %s', (url) => {
    expect(checkCrlUrls([url, url])).toEqual({ urls: [url], warnings: [] });
  });

  it('over TLS is warned about', () => {
    expect(checkCrlUrls(['https://crl.internal/devca.crl']).warnings).toEqual([
      expect.stringContaining('RFC 5280 section 8'),
    ]);
  });

  it.each([
    ['crl.pem', 'it is not a URL'],
    ['file:///etc/crl.pem', 'clients fetch lists over http, https or ldap'],
    ['ftp://crl.internal/a', 'clients fetch lists over http, https or ldap'],
    ['ldap:///cn=devca', 'it names no host'],
    ['ldap://ldap.internal', 'an LDAP URL needs the name of the entry that has the list (RFC 4516)'],
    ['http://u:p@crl.internal/', 'everyone could read the password in it'],
    ['http://bücher.test/', 'it has characters that a URL cannot have'],
    ['http://crl.internal/a b', 'it has characters that a URL cannot have'],
    [`http://crl.internal/${'a'.repeat(3000)}`, 'it has 3020 characters, and 2048 is the limit'],
    ['', 'it has characters that a URL cannot have'],
  ])('cannot be "%s"', (url, reason) => {
    expect(() => checkCrlUrls([url])).toThrow(
      expect.objectContaining({
        code: 'DEVCA_CRL_URL',
        exitStatus: 2,
        context: expect.objectContaining({ reason }),
      }),
    );
  });

  it('stands in a certificate on request alone, all places in one point', async () => {
    const authority = await createEphemeralAuthority();
    const crlUrls = ['http://crl.internal/devca.crl', 'ldap://ldap.internal/cn=devca'];
    const { certificate } = await authority.issue(['api.test'], { crlUrls });
    expect(certificate.cRLDistributionPoints).toEqual([
      {
        distributionPoint: {
          fullName: crlUrls.map((value) => ({ kind: 'uniformResourceIdentifier', value })),
        },
      },
    ]);
    expect((await authority.issue(['api.test'])).certificate.cRLDistributionPoints).toBeUndefined();
  });
});
