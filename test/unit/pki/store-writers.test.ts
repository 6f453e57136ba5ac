import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseJks } from '../../../src/pki/jks.ts';
import { openJksKey } from '../../../src/pki/jks-key.ts';
import { encodeJks } from '../../../src/pki/jks-writer.ts';
import { generateKey } from '../../../src/pki/key.ts';
import { parsePkcs7 } from '../../../src/pki/pkcs7.ts';
import { encodePkcs7 } from '../../../src/pki/pkcs7-writer.ts';
import { parsePkcs12 } from '../../../src/pki/pkcs12.ts';
import { encodePkcs12 } from '../../../src/pki/pkcs12-writer.ts';
import type { StoreContent } from '../../../src/pki/store-content.ts';
import { systemRandom as random } from '../../../src/platform/random.ts';
import { codeOf } from '../../support/coded.ts';
import { NOW, testAuthority, testServer } from '../../support/test-pki.ts';

const root = testAuthority({ subject: 'root' });
const leaf = testServer({ subject: 'leaf.test', issuer: root });
const pkcs8 = generateKey('ec-p256').keyObject.export({ type: 'pkcs8', format: 'der' });
const keyStore = (alias = 'Leaf'): StoreContent => {
  return { key: { alias, pkcs8, chain: [leaf.der, root.der] }, trusted: [] };
};
const trustStore: StoreContent = { trusted: [{ alias: 'devca-root', certificate: root.der }] };
const password = 'pass word!';

describe('encodePkcs12', () => {
  it.each([false, true])('holds a key and its chain, tied to one another (legacy: %s)', (legacy) => {
    const der = encodePkcs12(keyStore(), { password, legacy, random });
    const { certificates, keys } = parsePkcs12(der, password, 'a.p12');
    expect(certificates.map((bag) => Buffer.from(bag.der))).toEqual([leaf.der, root.der].map(Buffer.from));
    expect(certificates[0]).toMatchObject({ friendlyName: 'Leaf', isTrusted: false });
    expect(keys).toHaveLength(1);
    expect(keys[0]).toMatchObject({ friendlyName: 'Leaf', localKeyId: certificates[0]?.localKeyId });
    expect(Buffer.from(keys[0]?.der ?? [])).toEqual(Buffer.from(pkcs8));
    expect(codeOf(() => parsePkcs12(der, 'wrong', 'a.p12'))).toBe('DEVCA_PASSWORD_WRONG');
  });

  it('marks what Java is to trust', () => {
    const der = encodePkcs12(trustStore, { password, legacy: false, random });
    const { certificates, keys } = parsePkcs12(der, password, 'trust.p12');
    expect(keys).toEqual([]);
    expect(certificates).toMatchObject([{ friendlyName: 'devca-root', isTrusted: true }]);
  });

  it('shows neither key nor certificate without the password', () => {
    const der = Buffer.from(encodePkcs12(keyStore(), { password, legacy: false, random }));
    expect(der.includes(pkcs8.subarray(-32))).toBe(false);
    expect(der.includes(Buffer.from('leaf.test'))).toBe(false);
  });
});

describe('encodeJks', () => {
  it('holds a key and its chain under a lower-case alias, and the time', () => {
    const bytes = encodeJks(keyStore('LEAF'), { password, createdAt: NOW, random });
    expect(parseJks(bytes, password, 'a.jks')).toMatchObject([{ alias: 'leaf', kind: 'key' }]);
    expect(Buffer.from(bytes).readBigUInt64BE(12 + 4 + 2 + 4)).toBe(BigInt(NOW.getTime()));
    expect(codeOf(() => parseJks(bytes, 'wrong', 'a.jks'))).toBe('DEVCA_PASSWORD_WRONG');
  });

  it('protects the key, which its password opens and no other', () => {
    const [entry] = parseJks(encodeJks(keyStore(), { password, createdAt: NOW, random }), password, 'a.jks');
    const key = entry?.protectedKey ?? new Uint8Array();
    expect(Buffer.from(openJksKey(key, password, 'a.jks'))).toEqual(Buffer.from(pkcs8));
    expect(codeOf(() => openJksKey(key, 'wrong', 'a.jks'))).toBe('DEVCA_PASSWORD_WRONG');
    fc.assert(
      fc.property(fc.nat(key.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const damaged = Uint8Array.from(key);
        damaged[at] = (damaged[at] ?? 0) ^ change;
        const whole = codeOf(() => openJksKey(damaged, password, 'a.jks'));
        const cut = codeOf(() => openJksKey(key.subarray(0, at), password, 'a.jks'));
        expect(['DEVCA_PASSWORD_WRONG', 'DEVCA_DER_INVALID', 'DEVCA_JKS_INVALID']).toContain(whole);
        expect(cut).toBe('DEVCA_DER_INVALID');
      }),
    );
  });

  it('holds what is to be trusted', () => {
    const bytes = encodeJks(trustStore, { password, createdAt: NOW, random });
    const [entry] = parseJks(bytes, password, 'trust.jks');
    expect(entry).toMatchObject({ alias: 'devca-root', kind: 'trusted' });
    expect(Buffer.from(entry?.certificates[0] ?? [])).toEqual(Buffer.from(root.der));
  });
});

describe('both', () => {
  it('hold any alias and password', () => {
    const alias = fc.string({ unit: fc.constantFrom(...'aZ 9-_.éß中*'), minLength: 1, maxLength: 20 });
    const secret = fc.string({ unit: fc.constantFrom(...'aZ 9~!"\\$'), minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(alias, secret, (name, text) => {
        const pfx = encodePkcs12(keyStore(name), { password: text, legacy: true, random });
        expect(parsePkcs12(pfx, text, 'a.p12').keys[0]?.friendlyName).toBe(name);
        const jks = encodeJks(keyStore(name), { password: text, createdAt: NOW, random });
        expect(parseJks(jks, text, 'a.jks')[0]?.alias).toBe(name.toLowerCase());
      }),
      { numRuns: 20 },
    );
  });
});

describe('encodePkcs7', () => {
  it('keeps certificates in their order', () => {
    const chain = parsePkcs7(encodePkcs7([leaf.der, root.der]));
    expect(chain.map((der) => Buffer.from(der))).toEqual([leaf.der, root.der].map(Buffer.from));
  });
});
