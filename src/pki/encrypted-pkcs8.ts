import { createCipheriv, scryptSync } from 'node:crypto';
import { buildAlgorithm, readAlgorithm } from './algorithm.ts';
import { readWhole, tryReadWhole } from './der-reader.ts';
import { encodeInteger, encodeOctetString, encodeSequence } from './der-writer.ts';
import { OID } from './oid.ts';
import { decryptPbe } from './pkcs12-encryption.ts';
import { bmpPassword } from './pkcs12-kdf.ts';

/**
 * scrypt in 16 MiB, five times over: as hard as 128 MiB once, and within the 32 MiB beyond which OpenSSL refuses to read
 * a key (https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html).
 */
export const SCRYPT = { cost: 16_384, blockSize: 8, parallelization: 5 } as const;

/**
 * An EncryptedPrivateKeyInfo (RFC 5958 section 3) by PBES2 with scrypt (RFC 7914 section 7) and AES-256 in CBC mode. The
 * runtime's own writer has PBKDF2 with 2,048 rounds and no way to ask for more.
 */
export function encryptPkcs8(
  pkcs8: Uint8Array,
  passphrase: string,
  random: (length: number) => Uint8Array,
): Uint8Array {
  const [salt, iv] = [random(16), random(16)];
  const key = scryptSync(Buffer.from(passphrase, 'utf8'), salt, 32, SCRYPT);
  try {
    const cipher = createCipheriv('aes-256-cbc', key, iv);
    const data = Buffer.concat([cipher.update(pkcs8), cipher.final()]);
    return encodeSequence(encryptionAlgorithm(salt, iv), encodeOctetString(data));
  } finally {
    key.fill(0);
  }
}

/**
 * The PrivateKeyInfo within an EncryptedPrivateKeyInfo of any PBES2 scheme, or of those of PKCS#12 that OpenSSL once wrote by itself, so that a key which another program has
 * encrypted anew is read too. Undefined where the passphrase is wrong. `source` names the key in errors.
 * Throws DEVCA_DER_INVALID, and DEVCA_PKCS12_UNSUPPORTED for schemes that the runtime has not.
 */
export function decryptPkcs8(der: Uint8Array, passphrase: string, source: string): Uint8Array | undefined {
  const [algorithm, data] = readWhole(der, 'EncryptedPrivateKeyInfo', (outer) => {
    const reader = outer.enter();
    const parts = [readAlgorithm(reader), reader.readOctetString()] as const;
    reader.finish();
    return parts;
  });
  const plain = decryptPbe(algorithm, data, { text: passphrase, bmp: bmpPassword(passphrase) }, source);
  // One wrong passphrase in 256 gives padding that looks right, and then no structure.
  return plain !== undefined && tryReadWhole(plain, (whole) => whole.enter()) ? plain : undefined;
}

function encryptionAlgorithm(salt: Uint8Array, iv: Uint8Array): Uint8Array {
  const derivation = encodeSequence(
    encodeOctetString(salt),
    ...Object.values(SCRYPT).map((parameter) => encodeInteger(parameter)),
  );
  const parameters = encodeSequence(
    buildAlgorithm(OID.scrypt, derivation).der,
    buildAlgorithm(OID.aes256Cbc, encodeOctetString(iv)).der,
  );
  return buildAlgorithm(OID.pbes2, parameters).der;
}
