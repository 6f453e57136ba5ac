import { createPrivateKey, createPublicKey } from 'node:crypto';
import { DevcaError } from '../errors/devca-error.ts';
import { decodePem, type PemBlock } from '../pki/pem.ts';
import type { PresentedKey } from './presented.ts';

const FORMAT_OF_LABEL: Readonly<Record<string, 'pkcs8' | 'pkcs1' | 'sec1'>> = {
  'PRIVATE KEY': 'pkcs8',
  'RSA PRIVATE KEY': 'pkcs1',
  'EC PRIVATE KEY': 'sec1',
};

export const isKeyLabel = (label: string): boolean => label.endsWith('PRIVATE KEY');

/** The private keys among PEM blocks; what cannot be read says why. */
export function keysOfBlocks(blocks: readonly PemBlock[], source: string): PresentedKey[] {
  return blocks
    .filter(({ label }) => isKeyLabel(label))
    .map(({ label, der }) => keyOfDer(der, label, source));
}

/** A private key of any type that the runtime knows. */
export function keyOfDer(der: Uint8Array, label: string, source: string, keyId?: string): PresentedKey {
  const common = { source, ...(keyId === undefined ? {} : { keyId }) };
  const type = FORMAT_OF_LABEL[label];
  if (type === undefined) {
    const problem = label === 'ENCRYPTED PRIVATE KEY' ? 'it is encrypted' : `"${label}" is not read`;
    return { ...common, subjectPublicKeyInfo: undefined, problem };
  }
  try {
    const key = createPublicKey(createPrivateKey({ key: Buffer.from(der), format: 'der', type }));
    return { ...common, subjectPublicKeyInfo: key.export({ type: 'spki', format: 'der' }) };
  } catch {
    return { ...common, subjectPublicKeyInfo: undefined, problem: 'the runtime cannot read it' };
  }
}

/** The one private key of a file, in PEM or DER. Throws DEVCA_PEM_INVALID and DEVCA_KEY_*. */
export function parseKeyFile(bytes: Uint8Array, source: string): PresentedKey {
  const keys = bytes[0] === 0x30 ? keysOfDer(bytes, source) : keysOfText(bytes, source);
  const [key] = keys;
  if (keys.length > 1)
    throw new DevcaError('DEVCA_KEY_INVALID', { source, reason: `it has ${keys.length} private keys` });
  if (key?.problem === 'it is encrypted') throw new DevcaError('DEVCA_KEY_ENCRYPTED', { source });
  if (key?.subjectPublicKeyInfo === undefined) {
    const reason = key?.problem ?? 'it has no private key';
    throw new DevcaError('DEVCA_KEY_INVALID', { source, reason });
  }
  return key;
}

export const LONGEST_KEY = 1024 * 1024;

function keysOfText(bytes: Uint8Array, source: string): PresentedKey[] {
  const text = Buffer.from(bytes).toString('utf8');
  // RFC 1421 headers mark the older encrypted form, which a strict PEM reader refuses without saying why.
  if (/^Proc-Type: 4,ENCRYPTED/m.test(text)) throw new DevcaError('DEVCA_KEY_ENCRYPTED', { source });
  return keysOfBlocks(decodePem(text, source), source);
}

function keysOfDer(bytes: Uint8Array, source: string): PresentedKey[] {
  const tries = Object.keys(FORMAT_OF_LABEL).map((label) => keyOfDer(bytes, label, source));
  const found = tries.find(({ subjectPublicKeyInfo }) => subjectPublicKeyInfo !== undefined);
  return found === undefined ? tries.slice(0, 1) : [found];
}
