import { describe, expect, it } from '@jest/globals';
import { isDottedOid, OID, oidName, oidText } from '../../../src/pki/oid.ts';

describe('object identifiers', () => {
  it('have one name each', () => {
    const dotted = Object.values(OID);
    expect(new Set(dotted).size).toBe(dotted.length);
    expect(dotted.every(isDottedOid)).toBe(true);
  });

  it('are shown by name where there is one, else by their digits', () => {
    expect(oidName('2.5.29.17')).toBe('subjectAltName');
    expect(oidName('1.2.3.4')).toBeUndefined();
    expect(oidText('1.2.3.4')).toBe('1.2.3.4');
  });

  it.each(['1', '3.1', '1.40', '1.2.', '1.02', '0.40.1', '1.2.x', ''])('cannot be "%s"', (text) => {
    expect(isDottedOid(text)).toBe(false);
  });
});
