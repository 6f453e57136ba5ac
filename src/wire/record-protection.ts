import { createDecipheriv, createHmac, type DecipherGCM, timingSafeEqual } from 'node:crypto';
import { type DirectionKeys, MAC_BYTES, trafficKeys } from './key-derivation.ts';
import type { WireRecord } from './record-reader.ts';
import type { SuiteProtection } from './tables/cipher-suites.ts';

/** What a protected record holds. */
export interface OpenedRecord {
  readonly contentType: number;
  readonly content: Uint8Array;
}

/**
 * Opens the records of one direction under one key, in order.
 * `undefined` means that the key is wrong for this record; the state is unchanged then, so another key can be tried.
 */
export interface RecordOpener {
  open(record: WireRecord): OpenedRecord | undefined;
}

/** For a traffic secret of TLS 1.3 (RFC 8446 section 5.2). */
export function tls13Opener(secret: Uint8Array, protection: SuiteProtection): RecordOpener {
  const { key, iv } = trafficKeys(secret, protection);
  let sequence = 0;
  return {
    open(record) {
      if (record.contentType !== APPLICATION_DATA || record.fragment.length <= protection.tagBytes)
        return undefined;
      const nonce = nonceOf(iv, sequence);
      const inner = openAead(protection, key, nonce, record.header, record.fragment);
      if (inner === undefined) return undefined;
      sequence++;
      let end = inner.length;
      while (end > 0 && inner[end - 1] === 0) end--;
      return end === 0
        ? { contentType: 0, content: inner.subarray(0, 0) }
        : { contentType: inner[end - 1] ?? 0, content: inner.subarray(0, end - 1) };
    },
  };
}

/** For one half of a key block, TLS 1.0 to 1.2. */
export function keyBlockOpener(
  keys: DirectionKeys,
  protection: SuiteProtection,
  version: number,
  encryptThenMac: boolean,
): RecordOpener {
  const state: DirectionState = { keys, protection, version, encryptThenMac, sequence: 0, iv: keys.iv };
  const open = protection.mode === 'aead' ? openAead12 : protection.mode === 'cbc' ? openCbc : openNull;
  return {
    open(record) {
      const content = open(state, record);
      if (content === undefined) return undefined;
      state.sequence++;
      return { contentType: record.contentType, content };
    },
  };
}

interface DirectionState {
  readonly keys: DirectionKeys;
  readonly protection: SuiteProtection;
  readonly version: number;
  readonly encryptThenMac: boolean;
  sequence: number;
  iv: Uint8Array;
}

const APPLICATION_DATA = 23;

const EXPLICIT_NONCE_BYTES = 8;

function openAead12(state: DirectionState, record: WireRecord): Uint8Array | undefined {
  const { keys, protection, sequence } = state;
  // RFC 5288 and 6655 send half of the nonce with each record, RFC 7905 none of it.
  const explicit = protection.ivBytes === 4 ? EXPLICIT_NONCE_BYTES : 0;
  const length = record.fragment.length - explicit - protection.tagBytes;
  if (length < 0) return undefined;
  const nonce =
    explicit === 0
      ? nonceOf(keys.iv, sequence)
      : Buffer.concat([keys.iv, record.fragment.subarray(0, EXPLICIT_NONCE_BYTES)]);
  const additional = pseudoHeader(sequence, record, length);
  return openAead(protection, keys.key, nonce, additional, record.fragment.subarray(explicit));
}

/** RFC 5246 section 6.2.3.2; RFC 7366 with encrypt-then-mac. */
function openCbc(state: DirectionState, record: WireRecord): Uint8Array | undefined {
  const { keys, protection, version } = state;
  const macBytes = protection.mac === undefined ? 0 : MAC_BYTES[protection.mac];
  let body = record.fragment;
  if (state.encryptThenMac) {
    if (body.length < macBytes) return undefined;
    const protectedBytes = body.subarray(0, body.length - macBytes);
    if (!macMatches(state, record, protectedBytes, body.subarray(body.length - macBytes))) return undefined;
    body = protectedBytes;
  }
  const block = protection.ivBytes;
  // TLS 1.0 chains the initialisation vector over records; from 1.1 on each record brings its own.
  const explicitIv = version >= 0x0302;
  const iv = explicitIv ? body.subarray(0, block) : state.iv;
  const encrypted = explicitIv ? body.subarray(block) : body;
  if (iv.length !== block || encrypted.length === 0 || encrypted.length % block !== 0) return undefined;
  const decipher = createDecipheriv(protection.cipher, keys.key, iv).setAutoPadding(false);
  const plain = Buffer.concat([decipher.update(encrypted), decipher.final()]);
  const padding = (plain[plain.length - 1] ?? 0) + 1;
  const end = plain.length - padding - (state.encryptThenMac ? 0 : macBytes);
  if (end < 0) return undefined;
  const content = plain.subarray(0, end);
  if (!state.encryptThenMac && !macMatches(state, record, content, plain.subarray(end, end + macBytes)))
    return undefined;
  if (!explicitIv) state.iv = encrypted.subarray(encrypted.length - block);
  return content;
}

function openNull(state: DirectionState, record: WireRecord): Uint8Array | undefined {
  const macBytes = state.protection.mac === undefined ? 0 : MAC_BYTES[state.protection.mac];
  const end = record.fragment.length - macBytes;
  if (end < 0) return undefined;
  const content = record.fragment.subarray(0, end);
  return macMatches(state, record, content, record.fragment.subarray(end)) ? content : undefined;
}

function macMatches(
  state: DirectionState,
  record: WireRecord,
  content: Uint8Array,
  mac: Uint8Array,
): boolean {
  const expected = createHmac(state.protection.mac ?? 'sha1', state.keys.mac)
    .update(pseudoHeader(state.sequence, record, content.length))
    .update(content)
    .digest();
  return expected.length === mac.length && timingSafeEqual(expected, mac);
}

/** seq_num + type + version + length, which MAC and AEAD cover (RFC 5246 section 6.2.3). */
function pseudoHeader(sequence: number, record: WireRecord, length: number): Uint8Array {
  const bytes = Buffer.alloc(13);
  bytes.writeUIntBE(sequence, 2, 6);
  bytes[8] = record.contentType;
  bytes.writeUInt16BE(record.version, 9);
  bytes.writeUInt16BE(length, 11);
  return bytes;
}

/** The sequence number XOR the vector (RFC 8446 section 5.3); 48 bits of it, as no capture holds more records. */
function nonceOf(iv: Uint8Array, sequence: number): Uint8Array {
  const nonce = Buffer.from(iv);
  for (let index = nonce.length - 1, rest = sequence; rest > 0 && index >= 0; index--) {
    nonce[index] = (nonce[index] ?? 0) ^ (rest % 256);
    rest = Math.floor(rest / 256);
  }
  return nonce;
}

function openAead(
  protection: SuiteProtection,
  key: Uint8Array,
  nonce: Uint8Array,
  additional: Uint8Array,
  sealed: Uint8Array,
): Uint8Array | undefined {
  const end = sealed.length - protection.tagBytes;
  if (end < 0) return undefined;
  try {
    // The typed overloads know GCM only; CCM needs the length of the plaintext beforehand.
    const decipher = createDecipheriv(protection.cipher as 'aes-128-gcm', key, nonce, {
      authTagLength: protection.tagBytes,
    }) as DecipherGCM;
    decipher.setAuthTag(sealed.subarray(end));
    decipher.setAAD(additional, { plaintextLength: end });
    const plain = decipher.update(sealed.subarray(0, end));
    decipher.final();
    return plain;
  } catch {
    // A wrong key is the ordinary outcome of a trial; the runtime reports it as an exception without a code.
    return undefined;
  }
}
