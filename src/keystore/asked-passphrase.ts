import { DevcaError } from '../errors/devca-error.ts';
import type { GivenPassphrase, PassphraseRequest } from '../platform/person.ts';
import type { World } from '../platform/world.ts';

/** A passphrase that is needed. Throws DEVCA_PASSPHRASE_MISSING, and DEVCA_PASSPHRASE_UNUSABLE for an empty or flawed one. */
export async function askedPassphrase(
  request: PassphraseRequest,
  world: Pick<World, 'person'>,
): Promise<GivenPassphrase> {
  const given = await world.person.passphrase(request);
  if (given === undefined) throw new DevcaError('DEVCA_PASSPHRASE_MISSING', { what: request.title });
  const { text, source } = given;
  const reason = text === '' ? 'it is empty' : request.flawOf?.(text);
  if (reason !== undefined) throw new DevcaError('DEVCA_PASSPHRASE_UNUSABLE', { source, reason });
  return given;
}

/** A new passphrase that is short is guessed, whatever is done to slow that down. */
export const shortness = (text: string): string | undefined =>
  [...text].length < SHORTEST ? `it has fewer than ${SHORTEST} characters` : undefined;

/** NIST SP 800-63B section 5.1.1.2 has 8 as the least. */
const SHORTEST = 8;
