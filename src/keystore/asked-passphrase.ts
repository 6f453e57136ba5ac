import { DevcaError } from '../errors/devca-error.ts';
import type { GivenPassphrase, PassphraseRequest } from '../platform/person.ts';
import type { World } from '../platform/world.ts';

/** A passphrase that is needed. Throws DEVCA_PASSPHRASE_MISSING, and DEVCA_PASSPHRASE_UNUSABLE for an empty one. */
export async function askedPassphrase(
  request: PassphraseRequest,
  world: Pick<World, 'person'>,
): Promise<GivenPassphrase> {
  const given = await world.person.passphrase(request);
  if (given === undefined) throw new DevcaError('DEVCA_PASSPHRASE_MISSING', { what: request.title });
  if (given.text === '') throw unusablePassphrase(given, 'it is empty');
  return given;
}

/** Refuses a new passphrase that is guessed, whatever is done to slow that down. Throws DEVCA_PASSPHRASE_UNUSABLE. */
export function refuseShort(given: GivenPassphrase): void {
  if ([...given.text].length < SHORTEST)
    throw unusablePassphrase(given, `it has fewer than ${SHORTEST} characters`);
}

export const unusablePassphrase = ({ source }: GivenPassphrase, reason: string): DevcaError =>
  new DevcaError('DEVCA_PASSPHRASE_UNUSABLE', { source, reason });

/** NIST SP 800-63B section 5.1.1.2 has 8 as the least. */
const SHORTEST = 8;
