import { createHmac } from 'node:crypto';
import type { SuiteHash, SuiteProtection } from './tables/cipher-suites.ts';

export interface TrafficKeys {
  readonly key: Uint8Array;
  readonly iv: Uint8Array;
}

/** RFC 8446 section 7.3. */
export function trafficKeys(secret: Uint8Array, protection: SuiteProtection): TrafficKeys {
  return {
    key: expandLabel(secret, 'key', protection.keyBytes, protection.prf),
    iv: expandLabel(secret, 'iv', 12, protection.prf),
  };
}

/** The secret after a key_update (RFC 8446 section 7.2). */
export function nextTrafficSecret(secret: Uint8Array, hash: SuiteHash): Uint8Array {
  return expandLabel(secret, 'traffic upd', secret.length, hash);
}

/** HKDF-Expand-Label with an empty context (RFC 8446 section 7.1), by one or two rounds of HMAC. */
export function expandLabel(secret: Uint8Array, label: string, length: number, hash: SuiteHash): Uint8Array {
  const name = Buffer.from(`tls13 ${label}`);
  const info = Buffer.concat([
    Buffer.from([length >> 8, length & 0xff, name.length]),
    name,
    Buffer.from([0]),
  ]);
  const blocks: Buffer[] = [];
  let previous: Buffer = Buffer.alloc(0);
  for (let size = 0, round = 1; size < length; size += previous.length, round++) {
    previous = createHmac(hash, secret)
      .update(previous)
      .update(info)
      .update(Buffer.from([round]))
      .digest();
    blocks.push(previous);
  }
  return Buffer.concat(blocks).subarray(0, length);
}

/** What protects one direction before TLS 1.3. */
export interface DirectionKeys {
  readonly mac: Uint8Array;
  readonly key: Uint8Array;
  readonly iv: Uint8Array;
}

/** The key block of RFC 5246 section 6.3, cut up for both directions. */
export function keyBlock(
  masterSecret: Uint8Array,
  randoms: { readonly client: Uint8Array; readonly server: Uint8Array },
  protection: SuiteProtection,
  version: number,
): { readonly client: DirectionKeys; readonly server: DirectionKeys } {
  const macBytes = protection.mac === undefined ? 0 : MAC_BYTES[protection.mac];
  const seed = Buffer.concat([Buffer.from('key expansion'), randoms.server, randoms.client]);
  const length = 2 * (macBytes + protection.keyBytes + protection.ivBytes);
  const block = prf(masterSecret, seed, length, protection.prf, version);
  let offset = 0;
  const next = (bytes: number): Uint8Array => {
    offset += bytes;
    return block.subarray(offset - bytes, offset);
  };
  const [clientMac, serverMac] = [next(macBytes), next(macBytes)];
  const [clientKey, serverKey] = [next(protection.keyBytes), next(protection.keyBytes)];
  const [clientIv, serverIv] = [next(protection.ivBytes), next(protection.ivBytes)];
  return {
    client: { mac: clientMac, key: clientKey, iv: clientIv },
    server: { mac: serverMac, key: serverKey, iv: serverIv },
  };
}

export const MAC_BYTES: Readonly<Record<SuiteHash, number>> = {
  md5: 16,
  sha1: 20,
  sha256: 32,
  sha384: 48,
  sha512: 64,
  sm3: 32,
};

function prf(secret: Uint8Array, seed: Uint8Array, length: number, hash: SuiteHash, version: number): Buffer {
  if (version >= 0x0303) return expand(secret, seed, length, hash);
  // RFC 2246 section 5: the two halves of the secret overlap by a byte where its length is odd.
  const half = Math.ceil(secret.length / 2);
  const md5 = expand(secret.subarray(0, half), seed, length, 'md5');
  const sha1 = expand(secret.subarray(secret.length - half), seed, length, 'sha1');
  for (let index = 0; index < length; index++) md5[index] = (md5[index] ?? 0) ^ (sha1[index] ?? 0);
  return md5;
}

/** P_hash (RFC 5246 section 5). */
function expand(secret: Uint8Array, seed: Uint8Array, length: number, hash: SuiteHash): Buffer {
  const blocks: Buffer[] = [];
  let a: Uint8Array = seed;
  for (let size = 0; size < length; ) {
    a = createHmac(hash, secret).update(a).digest();
    const block = createHmac(hash, secret).update(a).update(seed).digest();
    blocks.push(block);
    size += block.length;
  }
  return Buffer.concat(blocks).subarray(0, length);
}
