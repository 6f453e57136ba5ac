import { describe, expect, it } from '@jest/globals';
import { intermediateProfile, rootProfile } from '../../../src/profiles/authority-profile.ts';
import { BUILT_IN_PROFILES, builtInProfile } from '../../../src/profiles/built-in.ts';
import { parseProfile } from '../../../src/profiles/profile.ts';
import server from '../../../templates/profiles/server.json' with { type: 'json' };

describe('profiles that come with devca', () => {
  it('are a server, a client and a service', () => {
    expect(BUILT_IN_PROFILES).toEqual(['server', 'client', 'service']);
    expect(builtInProfile('server')).toMatchObject({
      keyUsage: ['digitalSignature'],
      rsaKeyUsage: ['keyEncipherment'],
      extendedKeyUsage: ['1.3.6.1.5.5.7.3.1'],
      defaultDays: 397,
      longestDays: 825,
    });
    expect(builtInProfile('client')).toMatchObject({
      extendedKeyUsage: ['1.3.6.1.5.5.7.3.2'],
      rsaKeyUsage: [],
    });
    expect(builtInProfile('service')).toMatchObject({
      extendedKeyUsage: ['1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.7.3.2'],
      defaultDays: 90,
      longestDays: 825,
    });
  });

  it.each(['peer', 'toString', '__proto__'])('have no "%s"', (name) => {
    expect(builtInProfile(name)).toBeUndefined();
  });

  it('make authorities that sign certificates and CRLs only', () => {
    expect(rootProfile).toMatchObject({
      keyUsage: ['keyCertSign', 'cRLSign'],
      extendedKeyUsage: [],
      pathLenConstraint: 1,
      validDays: 1826,
    });
    expect(intermediateProfile).toMatchObject({
      extendedKeyUsage: ['1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.7.3.2'],
      pathLenConstraint: 0,
      validDays: 1826,
    });
  });
});

describe("a profile of one's own", () => {
  const own = { ...server, name: 'mail', extendedKeyUsage: ['emailProtection', '1.2.3.4'] };

  it('may name purposes in words or digits', () => {
    expect(parseProfile(own, 'mail.json').extendedKeyUsage).toEqual(['1.3.6.1.5.5.7.3.4', '1.2.3.4']);
  });

  it.each([
    ['is no object', [own], 'not a JSON object'],
    ['lacks a field', { ...own, summary: undefined }, '"summary" is missing'],
    ['has a field too many', { ...own, extra: 1 }, 'no field "extra"'],
    ['has an odd name', { ...own, name: '../x' }, '"name" does not match'],
    ['has an unknown usage', { ...own, keyUsage: ['sign'] }, 'none of digitalSignature'],
    [
      'could sign certificates',
      { ...own, keyUsage: ['keyCertSign'] },
      '"keyCertSign" is for authorities only',
    ],
    [
      'could sign CRLs with an RSA key',
      { ...own, rsaKeyUsage: ['cRLSign'] },
      '"cRLSign" is for authorities only',
    ],
    ['has no usage', { ...own, keyUsage: [] }, '"keyUsage" is empty'],
    ['has no purpose', { ...own, extendedKeyUsage: [] }, '"extendedKeyUsage" is empty'],
    ['has an unknown purpose', { ...own, extendedKeyUsage: ['all'] }, 'no object identifier'],
    ['has an unknown kind of name', { ...own, names: ['dns'] }, 'none of dNSName'],
    ['has names that are no list', { ...own, names: 'dNSName' }, 'not a list'],
    ['has an unknown first name', { ...own, firstName: 'x' }, 'none of any'],
    ['has a flag that is none', { ...own, spiffeId: 'yes' }, 'neither true nor false'],
    ['has half a day', { ...own, defaultDays: 0.5 }, 'whole number'],
    ['lives for ever', { ...own, longestDays: 100_000 }, 'whole number'],
    ['lives longer than it may', { ...own, defaultDays: 826 }, 'more than "longestDays"'],
  ])('is refused if it %s', (_what, value, reason) => {
    expect(() => parseProfile(value, 'mail.json')).toThrow(
      expect.objectContaining({
        code: 'DEVCA_PROFILE_INVALID',
        message: expect.stringMatching(
          new RegExp(`^"mail.json" is not a profile: .*${reason.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}`),
        ),
      }),
    );
  });
});
