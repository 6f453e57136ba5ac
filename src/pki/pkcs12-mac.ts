import { createHmac } from 'node:crypto';
import { type AlgorithmIdentifier, readAlgorithm } from './algorithm.ts';
import { type DerReader, TAG } from './der-reader.ts';
import { bytesEqual } from './fingerprint.ts';
import { OID } from './oid.ts';
import {
  checkRounds,
  DIGEST_OF_HMAC,
  derivePbkdf2,
  type Pkcs12Password,
  parametersOf,
  unsupported,
} from './pkcs12-encryption.ts';
import { derivePkcs12, KDF_PURPOSE } from './pkcs12-kdf.ts';

/** The MacData of a PFX (RFC 7292 section 4). */
export interface Pkcs12Mac {
  readonly algorithm: AlgorithmIdentifier;
  readonly digest: Uint8Array;
  readonly salt: Uint8Array;
  readonly iterations: number;
}

export function readMac(reader: DerReader): Pkcs12Mac {
  const info = reader.enter();
  const algorithm = readAlgorithm(info);
  const digest = info.readOctetString();
  info.finish();
  const salt = reader.readOctetString();
  const iterations = reader.peek() === TAG.integer ? reader.readCount() : 1;
  reader.finish();
  return { algorithm, digest, salt, iterations };
}

/** Whether the password made this MAC over the contents: RFC 7292 section 5.1, or PBMAC1 by RFC 9579. */
export function macHolds(
  mac: Pkcs12Mac,
  contents: Uint8Array,
  password: Pkcs12Password,
  source: string,
): boolean {
  const { digest, key } =
    mac.algorithm.oid === PBMAC1 ? pbmac1(mac, password, source) : classic(mac, password, source);
  return bytesEqual(createHmac(digest, key).update(contents).digest(), mac.digest);
}

const PBMAC1 = '1.2.840.113549.1.5.14';

// A round costs a microsecond, and writers use thousands.
const MOST_ROUNDS = 1_000_000;

const DIGESTS: Readonly<Record<string, { readonly digest: string; readonly octets: number }>> = {
  [OID.sha1]: { digest: 'sha1', octets: 20 },
  [OID.sha224]: { digest: 'sha224', octets: 28 },
  [OID.sha256]: { digest: 'sha256', octets: 32 },
  [OID.sha384]: { digest: 'sha384', octets: 48 },
  [OID.sha512]: { digest: 'sha512', octets: 64 },
};

interface MacKey {
  readonly digest: string;
  readonly key: Uint8Array;
}

function classic(mac: Pkcs12Mac, { bmp }: Pkcs12Password, source: string): MacKey {
  const row = DIGESTS[mac.algorithm.oid];
  if (row === undefined) throw unsupported(source, `a MAC by ${mac.algorithm.oid}`);
  const iterations = checkRounds(mac.iterations, MOST_ROUNDS, source);
  const options = { iterations, purpose: KDF_PURPOSE.mac, length: row.octets };
  return { digest: row.digest, key: derivePkcs12(row.digest, bmp, mac.salt, options) };
}

function pbmac1(mac: Pkcs12Mac, { text }: Pkcs12Password, source: string): MacKey {
  const parameters = parametersOf(mac.algorithm);
  const derivation = readAlgorithm(parameters);
  const digest = DIGEST_OF_HMAC[readAlgorithm(parameters).oid];
  parameters.finish();
  if (digest === undefined) throw unsupported(source, 'PBMAC1 with an unknown digest');
  return { digest, key: derivePbkdf2(parametersOf(derivation), text, undefined, source) };
}
