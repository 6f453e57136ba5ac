import {
  concatBytes,
  encodeBitString,
  encodeContext,
  encodeInteger,
  encodeOid,
  encodeSequence,
  encodeSet,
} from '../../src/pki/der-writer.ts';
import { type Extension, encodeExtensions } from '../../src/pki/extensions/extension.ts';
import { encodeSubjectAltName } from '../../src/pki/extensions/subject-alt-name.ts';
import type { GeneralName } from '../../src/pki/general-name.ts';
import { generateKey, type PrivateKey } from '../../src/pki/key.ts';
import { buildName, type NameAttributeType } from '../../src/pki/name.ts';
import { OID } from '../../src/pki/oid.ts';
import { createSigner } from '../../src/pki/signer.ts';

export interface RequestFields {
  readonly subject?: readonly { type: NameAttributeType; value: string }[];
  readonly names?: readonly GeneralName[];
  readonly extensions?: readonly Extension[];
  readonly key?: PrivateKey;
  /** Instead of the key's own. */
  readonly subjectPublicKeyInfo?: Uint8Array;
  readonly version?: number;
  readonly withoutAttributes?: boolean;
  /** The type of the attribute that asks for extensions. */
  readonly attributeType?: string;
}

export const dns = (value: string): GeneralName => ({ kind: 'dNSName', value });

export const sanExtension = (names: readonly GeneralName[]): Extension => ({
  oid: OID.subjectAltName,
  critical: false,
  value: encodeSubjectAltName(names),
});

/** DER of a PKCS#10 request with the odd field on screen. */
export function testRequest(fields: RequestFields = {}): Uint8Array {
  const { subject = [], names = [], key = generateKey('ec-p256'), version = 0 } = fields;
  const extensions = [...(names.length === 0 ? [] : [sanExtension(names)]), ...(fields.extensions ?? [])];
  const type = fields.attributeType ?? OID.extensionRequest;
  const attributes =
    extensions.length === 0 ? [] : [encodeSequence(encodeOid(type), encodeSet(encodeExtensions(extensions)))];
  const signer = createSigner(key);
  const info = encodeSequence(
    encodeInteger(version),
    buildName(subject).der,
    fields.subjectPublicKeyInfo ?? key.subjectPublicKeyInfo,
    ...(fields.withoutAttributes === true
      ? []
      : [encodeContext(0, concatBytes(...attributes), { constructed: true })]),
  );
  return encodeSequence(info, signer.algorithm.der, encodeBitString(signer.sign(info)));
}
