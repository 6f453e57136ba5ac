import { resolve } from 'node:path';
import { DevcaError } from '../errors/devca-error.ts';
import type { World } from '../platform/world.ts';

/** A password, and whether its user has yet to be told. */
export interface StorePassword {
  readonly text: string;
  readonly isGenerated: boolean;
}

/**
 * The password of stores: the first line of a file, else the variable DEVCA_PASSWORD, else a random one.
 * Throws DEVCA_PASSWORD_UNUSABLE.
 */
export function storePassword(
  file: string | undefined,
  world: Pick<World, 'files' | 'system' | 'random'>,
): StorePassword {
  const text = givenPassword(file, world);
  if (text === undefined) return { text: generatePassword(world.random), isGenerated: true };
  return { text: checkPassword(text, file ?? VARIABLE), isGenerated: false };
}

/** The same as somebody has chosen it, whatever it is, of a store that is there already. */
export function givenPassword(
  file: string | undefined,
  world: Pick<World, 'files' | 'system'>,
): string | undefined {
  if (file === undefined) return world.system.environment[VARIABLE];
  const path = resolve(world.system.workingFolder, file);
  const text = Buffer.from(world.files.readNamed(path, LARGEST_FILE)).toString('utf8');
  return text.split(/\r?\n/, 1)[0] ?? '';
}

/** A password that any store can have. It never gets into the error. Throws DEVCA_PASSWORD_UNUSABLE. */
export function checkPassword(text: string, source: string): string {
  const refuse = (reason: string) => new DevcaError('DEVCA_PASSWORD_UNUSABLE', { source, reason });
  if (text === '') throw refuse('it is empty');
  const at = text.search(/[^\u0020-\u007e]/);
  if (at >= 0)
    throw refuse(`character ${at + 1} is not printable ASCII, which stores encode in different ways`);
  if (text.length > LONGEST) throw refuse(`it has more than ${LONGEST} characters`);
  // https://docs.oracle.com/en/java/javase/17/docs/specs/man/keytool.html
  if (text.length < 6) throw refuse('it has fewer than 6 characters, the least that keytool takes');
  return text;
}

const VARIABLE = 'DEVCA_PASSWORD';
const LARGEST_FILE = 64 * 1024;
const LONGEST = 256;

/** Without what people mistake for one another; 32 of them, so that five bits choose one. */
const LETTERS = 'abcdefghijkmnpqrstuvwxyz23456789';

/** 120 bits in six groups of four. */
function generatePassword(random: World['random']): string {
  const letters = [...random(24)].map((octet) => LETTERS[octet & 31] ?? '');
  return (letters.join('').match(/.{4}/g) ?? []).join('-');
}
