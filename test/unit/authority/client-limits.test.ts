import { describe, expect, it } from '@jest/globals';
import { clientLimits } from '../../../src/authority/client-limits.ts';
import { validityFromNow } from '../../../src/authority/validity.ts';
import { builtInProfile } from '../../../src/profiles/built-in.ts';

const NOW = new Date('2026-11-24T12:00:00Z');

function limits(days: number, type: 'ec-p256' | 'ed25519' | 'rsa-2048', name = 'server') {
  const profile = builtInProfile(name);
  if (profile === undefined) throw new Error(`no profile ${name}`);
  return clientLimits({ profile, ...validityFromNow(NOW, days) }, { type });
}

describe('what some clients refuse', () => {
  it('is a server that lives longer than Apple takes, by a second too', () => {
    expect(limits(825, 'ec-p256')).toEqual([]);
    expect(limits(826, 'ec-p256')).toEqual([expect.stringContaining('826 days, and they take 825')]);
    expect(limits(826, 'ec-p256', 'client')).toEqual([]);
  });

  it('is a short-lived server without a P-256 key where WebTransport takes its hash', () => {
    expect(limits(14, 'ec-p256')).toEqual([]);
    expect(limits(14, 'rsa-2048')).toEqual([expect.stringContaining('WebTransport')]);
    expect(limits(15, 'rsa-2048')).toEqual([]);
  });

  it('is an Ed25519 key', () => {
    expect(limits(90, 'ed25519', 'client')).toEqual(['browsers refuse certificates with Ed25519 keys']);
  });
});
