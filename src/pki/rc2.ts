/**
 * RC2 in CBC mode (RFC 2268), for reading alone: OpenSSL 1 and Windows protected the certificates of PKCS#12 files with
 * it (40 bits, broken long ago), and the runtime's library no longer has it.
 * @returns undefined where the padding makes no sense, as with a wrong key
 */
export function decryptRc2Cbc(
  key: Uint8Array,
  iv: Uint8Array,
  data: Uint8Array,
  effectiveBits: number,
): Uint8Array | undefined {
  if (data.length === 0 || data.length % 8 !== 0 || iv.length !== 8) return undefined;
  const words = expandKey(key, effectiveBits);
  const plain = new Uint8Array(data.length);
  for (let start = 0; start < data.length; start += 8) {
    const block = decryptBlock(data.subarray(start, start + 8), words);
    for (let i = 0; i < 8; i++) {
      const before = start === 0 ? iv[i] : data[start - 8 + i];
      plain[start + i] = (block[i] ?? 0) ^ (before ?? 0);
    }
  }
  const padding = plain[plain.length - 1] ?? 0;
  const end = plain.length - padding;
  const isPadded = padding >= 1 && padding <= 8 && plain.subarray(end).every((octet) => octet === padding);
  return isPadded ? plain.subarray(0, end) : undefined;
}

/** RFC 2268 section 2: digits of pi. */
const PI_TABLE = Buffer.from(
  'd978f9c419ddb5ed28e9fd794aa0d89dc67e37832b76538e624c6488448bfba2' +
    '179a59f587b34f1361456d8d09817d32bd8f40eb86b77b0bf09521225c6b4e82' +
    '54d66593ce60b21c7356c014a78cf1dc1275ca1f3bbee4d1423dd430a33cb626' +
    '6fbf0eda4669075727f21d9bbc944303f811c7f690ef3ee706c3d52fc8661ed7' +
    '08e8eade8052eef784aa72ac354d6a2a961ad2715a1549744b9fd05e0418a4ec' +
    'c2e0416e0f51cbcc2491af50a1f47039997c3a8523b8b47afc02365b25559731' +
    '2d5dfa98e38a92ae05df2910676cbac9d300e6cfe19ea82c6316013f58e289a9' +
    '0d38341bab33ffb0bb480c5fb9b1cd2ec5f3db47e5a59c770aa62068fe7fc1ad',
  'hex',
);

const pi = (index: number): number => PI_TABLE[index & 0xff] ?? 0;

/** RFC 2268 section 2. */
function expandKey(key: Uint8Array, effectiveBits: number): Uint16Array {
  const octets = new Uint8Array(128);
  octets.set(key.subarray(0, 128));
  for (let i = key.length; i < 128; i++) octets[i] = pi((octets[i - 1] ?? 0) + (octets[i - key.length] ?? 0));
  const length = Math.ceil(effectiveBits / 8);
  const mask = 0xff >> (8 * length - effectiveBits);
  octets[128 - length] = pi((octets[128 - length] ?? 0) & mask);
  for (let i = 127 - length; i >= 0; i--) octets[i] = pi((octets[i + 1] ?? 0) ^ (octets[i + length] ?? 0));
  return Uint16Array.from({ length: 64 }, (_, i) => (octets[2 * i] ?? 0) | ((octets[2 * i + 1] ?? 0) << 8));
}

const ROTATIONS = [1, 2, 3, 5] as const;

/** RFC 2268 section 4: five rounds of r-mixing, then r-mashing and six, then r-mashing and five. */
function decryptBlock(block: Uint8Array, words: Uint16Array): Uint8Array {
  const r = Uint16Array.from({ length: 4 }, (_, i) => (block[2 * i] ?? 0) | ((block[2 * i + 1] ?? 0) << 8));
  const at = (index: number): number => r[index & 3] ?? 0;
  let next = 63;
  const mix = (rounds: number): void => {
    for (let round = 0; round < rounds; round++) {
      for (let i = 3; i >= 0; i--) {
        const rotation = ROTATIONS[i] ?? 1;
        const rotated = (at(i) >>> rotation) | (at(i) << (16 - rotation));
        const mixed = (words[next--] ?? 0) + (at(i - 1) & at(i - 2)) + (~at(i - 1) & at(i - 3));
        r[i] = rotated - mixed;
      }
    }
  };
  const mash = (): void => {
    for (let i = 3; i >= 0; i--) r[i] = at(i) - (words[at(i - 1) & 63] ?? 0);
  };
  mix(5);
  mash();
  mix(6);
  mash();
  mix(5);
  return Uint8Array.from({ length: 8 }, (_, i) => (at(i >> 1) >> (8 * (i & 1))) & 0xff);
}
