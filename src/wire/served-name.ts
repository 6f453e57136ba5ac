import { isDevcaError } from '../errors/devca-error.ts';
import { bytesToHex } from '../pki/fingerprint.ts';
import { parseName } from '../pki/name.ts';
import { formatName } from '../pki/name-text.ts';

/** The text of a distinguished name from the wire; its hexadecimal where it is no sound name. */
export function nameText(der: Uint8Array): string {
  try {
    return formatName(parseName(der));
  } catch (error) {
    if (!isDevcaError(error)) throw error;
    return `#${bytesToHex(der.subarray(0, 64))}`;
  }
}
