import { describe, expect, it } from '@jest/globals';
import {
  anchorFileName,
  anchorNickname,
  buildTrustAnchor,
  isDevcaName,
  namesAnchor,
} from '../../../src/truststore/trust-anchor.ts';

const der = new Uint8Array([0x30, 0x03, 0x02, 0x01, 0x2a]);
const nameOf = (commonName: string): string => buildTrustAnchor(der, commonName).name;

describe('the names of a root in stores', () => {
  it('begin with devca, whatever the root is called', () => {
    expect(nameOf('devca root alice@host 1')).toBe('devca root alice@host 1');
    expect(nameOf('My Own CA')).toBe('devca My Own CA');
    expect(nameOf('')).toBe('devca root');
  });

  it('hold no colon, which NSS would read as the end of a token, and no controls', () => {
    expect(nameOf('devca root a:b\u0000\n\u202ec')).toBe('devca root a-b-c');
  });

  it('end with part of the fingerprint, so that two roots never share one', () => {
    const anchor = buildTrustAnchor(der, 'devca root alice@host 1');
    const other = buildTrustAnchor(new Uint8Array([...der, 0]), 'devca root alice@host 1');
    expect(anchorNickname(anchor)).toBe(`devca root alice@host 1 ${anchor.sha256.slice(0, 16)}`);
    expect(anchorFileName(anchor)).toMatch(/^devca-[0-9a-f]{16}$/);
    expect(namesAnchor(anchorNickname(anchor), anchor)).toBe(true);
    expect(namesAnchor(anchorNickname(other), anchor)).toBe(false);
  });

  it('are told from names that others gave', () => {
    expect(['devca root 1', 'devca-12ab', 'devcat', 'mkcert'].map(isDevcaName)).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });
});
