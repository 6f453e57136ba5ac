import { createCipheriv, createHmac, pbkdf2Sync, scryptSync } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isDevcaError } from '../../../src/errors/devca-error.ts';
import { normalizeBer } from '../../../src/pki/ber.ts';
import {
  encodeContext,
  encodeInteger,
  encodeOctetString,
  encodeOid,
  encodeSequence,
} from '../../../src/pki/der-writer.ts';
import { isJks, parseJks } from '../../../src/pki/jks.ts';
import { parsePkcs7 } from '../../../src/pki/pkcs7.ts';
import { parsePkcs12 } from '../../../src/pki/pkcs12.ts';
import { containedCertificate, containers } from './fixtures/containers.ts';

const bytesOf = (base64: string): Uint8Array => new Uint8Array(Buffer.from(base64, 'base64'));
const certificate = bytesOf(containedCertificate);

const codeOf = (action: () => unknown): string => {
  try {
    action();
    return 'nothing was thrown';
  } catch (error) {
    return isDevcaError(error) ? error.code : `${error}`;
  }
};

describe('parsePkcs12', () => {
  it.each([
    ['what OpenSSL 3 writes: PBES2 with AES-256, a MAC by SHA-256', containers.modern, 'secret', 1],
    ['an empty password, which need not be given', containers.emptyPassword, undefined, 1],
    ['the older 3DES with a MAC by SHA-1', containers.tripleDes, 'secret', 1],
    ['the RC2 with 40 bits of OpenSSL 1', containers.rc2, 'secret', 1],
    ['RC2 with 128 bits', containers.rc2With128Bits, 'secret', 1],
    ['a file without a MAC', containers.noMac, 'secret', 1],
    ['the indefinite lengths of NSS', containers.nss, 'secret', 1],
    ['a trust store, which has no key', containers.trustStore, 'secret', 0],
  ])('reads %s', (_what, base64, password, keys) => {
    const content = parsePkcs12(bytesOf(base64), password, 'a.p12');
    expect(content.certificates.map(({ der }) => Buffer.from(der))).toEqual([Buffer.from(certificate)]);
    expect(content.keys).toHaveLength(keys);
    if (keys === 1) expect(content.keys[0]?.localKeyId).toBe(content.certificates[0]?.localKeyId);
  });

  it('tells a certificate that Java trusts from one that it does not see', () => {
    const trusted = (base64: string, password: string) =>
      parsePkcs12(bytesOf(base64), password, 'a.p12').certificates[0]?.isTrusted;
    expect(trusted(containers.javaTrustStore, 'secret1')).toBe(true);
    expect(trusted(containers.trustStore, 'secret')).toBe(false);
  });

  it('says that a password is missing or wrong: DEVCA_PASSWORD_MISSING, DEVCA_PASSWORD_WRONG', () => {
    const parse = (base64: string, password?: string) =>
      codeOf(() => parsePkcs12(bytesOf(base64), password, 'a.p12'));
    expect(parse(containers.modern)).toBe('DEVCA_PASSWORD_MISSING');
    expect(parse(containers.modern, 'other')).toBe('DEVCA_PASSWORD_WRONG');
    expect(parse(containers.noMac, 'other')).toBe('DEVCA_PASSWORD_WRONG');
  });

  it('names a cipher that it does not read: DEVCA_PKCS12_UNSUPPORTED', () => {
    const parse = () => parsePkcs12(bytesOf(containers.rc4), 'secret', 'old.p12');
    expect(parse).toThrow('"old.p12" is protected by RC4');
    expect(codeOf(parse)).toBe('DEVCA_PKCS12_UNSUPPORTED');
  });

  it('reads scrypt and PBMAC1, which newer writers use', () => {
    expect(parsePkcs12(scryptFile(1024), 'pass wörd', 'new.p12').certificates[0]?.der).toEqual(certificate);
    expect(codeOf(() => parsePkcs12(scryptFile(1024), 'other', 'new.p12'))).toBe('DEVCA_PASSWORD_WRONG');
  });

  it('spends no time on a cost that is meant to keep it busy', () => {
    expect(codeOf(() => parsePkcs12(scryptFile(1024, 0x7fffffff), 'pass wörd', 'new.p12'))).toBe(
      'DEVCA_PKCS12_UNSUPPORTED',
    );
    const mac = encodeSequence(
      encodeSequence(
        encodeSequence(encodeOid('2.16.840.1.101.3.4.2.1')),
        encodeOctetString(new Uint8Array(32)),
      ),
      encodeOctetString(new Uint8Array(8)),
      encodeInteger(0x7fffffff),
    );
    expect(codeOf(() => parsePkcs12(pfx(encodeSequence(), mac), 'x', 'new.p12'))).toBe(
      'DEVCA_PKCS12_UNSUPPORTED',
    );
  });
});

describe('parsePkcs7', () => {
  it('gives the certificates of a SignedData', () => {
    expect(parsePkcs7(bytesOf(containers.pkcs7)).map((der) => Buffer.from(der))).toEqual([
      Buffer.from(certificate),
    ]);
  });

  it('refuses another kind of content: DEVCA_DER_INVALID', () => {
    const data = encodeSequence(
      encodeOid('1.2.840.113549.1.7.1'),
      encodeContext(0, encodeOctetString(certificate), { constructed: true }),
    );
    expect(codeOf(() => parsePkcs7(data))).toBe('DEVCA_DER_INVALID');
  });
});

describe('parseJks', () => {
  it('gives chains of keys and trusted certificates, without a password', () => {
    const [key] = parseJks(bytesOf(containers.jksKey), undefined, 'a.jks');
    expect(key).toMatchObject({ alias: 'hello', kind: 'key', certificates: [certificate] });
    const [trusted] = parseJks(bytesOf(containers.jksTrusted), undefined, 'a.jks');
    expect(trusted).toMatchObject({ alias: 'r', kind: 'trusted', certificates: [certificate] });
  });

  it('checks the digest where there is a password: DEVCA_PASSWORD_WRONG', () => {
    expect(parseJks(bytesOf(containers.jksKey), 'secret1', 'a.jks')).toHaveLength(1);
    expect(codeOf(() => parseJks(bytesOf(containers.jksKey), 'other', 'a.jks'))).toBe('DEVCA_PASSWORD_WRONG');
  });

  it('refuses what goes beyond the end, with the offset: DEVCA_JKS_INVALID', () => {
    const huge = Uint8Array.of(0xfe, 0xed, 0xfe, 0xed, 0, 0, 0, 2, 0xff, 0xff, 0xff, 0xff);
    expect(isJks(huge)).toBe(true);
    expect(() => parseJks(huge, undefined, 'a.jks')).toThrow(
      /4 bytes are announced, and 0 are left at byte 12/,
    );
    expect(codeOf(() => parseJks(huge, undefined, 'a.jks'))).toBe('DEVCA_JKS_INVALID');
  });
});

describe('normalizeBer', () => {
  it('makes indefinite lengths definite and puts strings together', () => {
    const ber = Uint8Array.of(0x30, 0x80, 0x24, 0x80, 0x04, 1, 7, 0x04, 2, 8, 9, 0, 0, 0x02, 1, 5, 0, 0);
    expect([...normalizeBer(ber, 'test')]).toEqual([0x30, 8, 0x04, 3, 7, 8, 9, 0x02, 1, 5]);
  });

  it('refuses nesting that would exhaust the stack', () => {
    const deep = Buffer.concat([Buffer.alloc(20_000, Buffer.of(0x30, 0x80))]);
    expect(() => normalizeBer(deep, 'test')).toThrow('nested more than 64 levels deep');
  });
});

describe('containers that are broken', () => {
  const readers: Readonly<Record<string, (bytes: Uint8Array) => unknown>> = {
    modern: (bytes) => parsePkcs12(bytes, 'secret', 'a'),
    noMac: (bytes) => parsePkcs12(bytes, 'secret', 'a'),
    nss: (bytes) => parsePkcs12(bytes, 'secret', 'a'),
    jksKey: (bytes) => parseJks(bytes, 'secret1', 'a'),
    pkcs7: (bytes) => parsePkcs7(bytes),
  };

  it.each(Object.keys(readers))('%s gives a coded error when it is cut off at any byte', (name) => {
    const whole = bytesOf(containers[name as keyof typeof containers]);
    for (let length = 0; length < whole.length; length++)
      expect(codeOf(() => readers[name]?.(whole.subarray(0, length)))).toMatch(/^DEVCA_/);
  });

  // Not that of NSS, which asks for hundreds of thousands of rounds each time.
  it.each(Object.keys(readers).filter((name) => name !== 'nss'))(
    '%s never fails in another way when bytes are changed',
    (name) => {
      const whole = bytesOf(containers[name as keyof typeof containers]);
      fc.assert(
        fc.property(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
          const changed = Uint8Array.from(whole);
          changed[at] = (changed[at] ?? 0) ^ change;
          expect(codeOf(() => readers[name]?.(changed))).toMatch(
            /^(DEVCA_(DER_INVALID|JKS_INVALID|PASSWORD|PKCS12)|nothing)/,
          );
        }),
        { numRuns: 150 },
      );
    },
  );
});

/** A file with one certificate, encrypted with a key by scrypt, and PBMAC1 around it. */
function scryptFile(cost: number, claimedCost = cost): Uint8Array {
  const password = Buffer.from('pass wörd', 'utf8');
  const [salt, iv] = [Buffer.alloc(16, 1), Buffer.alloc(16, 2)];
  const bag = encodeSequence(
    encodeOid('1.2.840.113549.1.12.10.1.3'),
    encodeContext(
      0,
      encodeSequence(
        encodeOid('1.2.840.113549.1.9.22.1'),
        encodeContext(0, encodeOctetString(certificate), { constructed: true }),
      ),
      { constructed: true },
    ),
  );
  const key = scryptSync(password, salt, 32, { cost, blockSize: 8, parallelization: 1 });
  const cipher = createCipheriv('aes-256-cbc', key, iv);
  const data = Buffer.concat([cipher.update(encodeSequence(bag)), cipher.final()]);
  const scrypt = encodeSequence(
    encodeOid('1.3.6.1.4.1.11591.4.11'),
    encodeSequence(encodeOctetString(salt), encodeInteger(claimedCost), encodeInteger(8), encodeInteger(1)),
  );
  const aes = encodeSequence(encodeOid('2.16.840.1.101.3.4.1.42'), encodeOctetString(iv));
  const pbes2 = encodeSequence(encodeOid('1.2.840.113549.1.5.13'), encodeSequence(scrypt, aes));
  const encrypted = encodeSequence(
    encodeInteger(0),
    encodeSequence(encodeOid('1.2.840.113549.1.7.1'), pbes2, encodeContext(0, data, { constructed: false })),
  );
  const safe = encodeSequence(
    encodeOid('1.2.840.113549.1.7.6'),
    encodeContext(0, encrypted, { constructed: true }),
  );
  const safes = encodeSequence(safe);
  const hmac = encodeSequence(encodeOid('1.2.840.113549.2.9'));
  const pbkdf2 = encodeSequence(
    encodeOid('1.2.840.113549.1.5.12'),
    encodeSequence(encodeOctetString(salt), encodeInteger(1000), encodeInteger(32), hmac),
  );
  const digest = createHmac('sha256', pbkdf2Sync(password, salt, 1000, 32, 'sha256'))
    .update(safes)
    .digest();
  const mac = encodeSequence(
    encodeSequence(
      encodeSequence(encodeOid('1.2.840.113549.1.5.14'), encodeSequence(pbkdf2, hmac)),
      encodeOctetString(digest),
    ),
    encodeOctetString(new Uint8Array(8)),
    encodeInteger(1),
  );
  return pfx(safes, mac);
}

const pfx = (safes: Uint8Array, mac: Uint8Array): Uint8Array =>
  encodeSequence(
    encodeInteger(3),
    encodeSequence(
      encodeOid('1.2.840.113549.1.7.1'),
      encodeContext(0, encodeOctetString(safes), { constructed: true }),
    ),
    mac,
  );
