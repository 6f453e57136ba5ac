import { createECDH, createPrivateKey, type ECDH, type KeyObject } from 'node:crypto';
import { type AlgorithmIdentifier, buildAlgorithm, encodeSubjectPublicKeyInfo } from './algorithm.ts';
import { contextConstructed } from './der-reader.ts';
import {
  encodeBitString,
  encodeInteger,
  encodeOctetString,
  encodeOid,
  encodeSequence,
  encodeTagged,
} from './der-writer.ts';
import { generateKey, type KeyType, type PrivateKey } from './key.ts';
import { OID } from './oid.ts';

/**
 * A key that leaves this process, so that it is made as bytes: the runtime takes as long to write a key object of its
 * own out as to make it. Neither printing it nor JSON shows them.
 */
export class ExportedKey implements PrivateKey {
  readonly type: KeyType;
  readonly subjectPublicKeyInfo: Uint8Array;
  readonly #pkcs8: Uint8Array;
  #keyObject: KeyObject | undefined;

  constructor(type: KeyType, subjectPublicKeyInfo: Uint8Array, pkcs8: Uint8Array) {
    this.type = type;
    this.subjectPublicKeyInfo = subjectPublicKeyInfo;
    this.#pkcs8 = pkcs8;
  }

  /** Made when it is asked for. */
  get keyObject(): KeyObject {
    this.#keyObject ??= createPrivateKey({ key: Buffer.from(this.#pkcs8), format: 'der', type: 'pkcs8' });
    return this.#keyObject;
  }

  /** A copy of its PKCS#8 in DER. */
  exportPkcs8(): Uint8Array {
    return Uint8Array.from(this.#pkcs8);
  }
}

/** Makes keys to be handed out, one after the other: those on elliptic curves as bytes. */
export function exportedKeyMaker(): (type: KeyType) => PrivateKey {
  const curves = new Map<KeyType, ECDH>();
  return (type) => {
    const curve = CURVES[type];
    if (curve === undefined) return generateKey(type);
    const ecdh = curves.get(type) ?? createECDH(curve.name);
    curves.set(type, ecdh);
    const point = ecdh.generateKeys();
    const scalar = ecdh.getPrivateKey();
    const subjectPublicKeyInfo = encodeSubjectPublicKeyInfo(curve.algorithm, point);
    const key = new ExportedKey(type, subjectPublicKeyInfo, encodePkcs8(curve, scalar, point));
    scalar.fill(0);
    return key;
  };
}

interface Curve {
  /** As the runtime calls it. */
  readonly name: string;
  /** RFC 5480 section 2.1.1. */
  readonly algorithm: AlgorithmIdentifier;
  /** Octets of a private key. */
  readonly size: number;
}

const curve = (name: string, oid: string, size: number): Curve => ({
  name,
  algorithm: buildAlgorithm(OID.ecPublicKey, encodeOid(oid)),
  size,
});

const CURVES: Partial<Record<KeyType, Curve>> = {
  'ec-p256': curve('prime256v1', OID.p256, 32),
  'ec-p384': curve('secp384r1', OID.p384, 48),
};

/** A OneAsymmetricKey of version 1 (RFC 5958 section 2) around an ECPrivateKey (RFC 5915 section 3), as OpenSSL writes it. */
function encodePkcs8({ algorithm, size }: Curve, scalar: Uint8Array, point: Uint8Array): Uint8Array {
  // The runtime leaves leading zeros off, and RFC 5915 wants them.
  const padded = new Uint8Array(size);
  padded.set(scalar, size - scalar.length);
  const key = encodeSequence(
    encodeInteger(1),
    encodeOctetString(padded),
    encodeTagged(contextConstructed(1), encodeBitString(point)),
  );
  padded.fill(0);
  const pkcs8 = encodeSequence(encodeInteger(0), algorithm.der, encodeOctetString(key));
  key.fill(0);
  return pkcs8;
}
