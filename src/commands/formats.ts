import type { CommandContext, Flags } from '../cli/command.ts';
import { DevcaError } from '../errors/devca-error.ts';
import { FORMATS, type Format, isFormat, KEY_FORMATS, STORE_FORMATS } from '../formats/format.ts';
import type { FormatEncoder } from '../formats/material.ts';
import type { StorePassword } from '../formats/password.ts';
import type { World } from '../platform/world.ts';

/** The flags of commands that write certificates in any format. */
export const FORMAT_FLAGS = {
  format: {
    type: 'list',
    value: 'WORDS',
    describe: `what to write, by comma: ${FORMATS.join(', ')}`,
    group: 'Formats',
  },
  'password-file': {
    type: 'string',
    value: 'FILE',
    describe: 'the password of PKCS#12 and JKS (also: DEVCA_PASSWORD; else one is made and shown once)',
    group: 'Formats',
  },
  alias: {
    type: 'string',
    value: 'NAME',
    describe: 'what the entry of a store is called, or the Secret',
    group: 'Formats',
  },
  legacy: {
    type: 'boolean',
    describe: 'PKCS#12 with triple DES and SHA-1, for readers from before 2020',
    group: 'Formats',
  },
} as const satisfies Flags;

export interface FormatFlags {
  readonly format: readonly string[];
  readonly 'password-file': string | undefined;
  readonly alias: string | undefined;
  readonly legacy: boolean;
}

export interface ChosenFormats {
  readonly formats: readonly Format[];
  /** Undefined where PEM is all that is wanted. */
  readonly encode: FormatEncoder | undefined;
  /** Undefined where nothing is protected by one. */
  readonly password: StorePassword | undefined;
}

/**
 * Reads the flags, and loads what they need. A password may be meant for other `openedFor` formats too, whose key may
 * have to be read from a store. Throws DEVCA_USAGE_VALUE, DEVCA_USAGE_INVALID, DEVCA_FORMAT_*, DEVCA_PASSWORD_UNUSABLE.
 */
export async function chooseFormats(
  flags: FormatFlags,
  command: string,
  world: Pick<World, 'files' | 'system' | 'random' | 'clock'>,
  openedFor: readonly Format[] = [],
): Promise<ChosenFormats> {
  const words = flags.format.flatMap((text) => text.split(',')).map((word) => word.trim());
  const formats = words.length === 0 ? (['pem'] as const) : words.map((word) => readFormat(word, command));
  refuseIdleFlags(flags, formats, [...STORE_FORMATS, ...openedFor], command);
  if (formats.every((format) => format === 'pem')) return { formats, encode: undefined, password: undefined };
  const [{ formatEncoder }, { storePassword }] = await Promise.all([
    import('../formats/format-encoder.ts'),
    import('../formats/password.ts'),
  ]);
  const needsPassword = formats.some((format) => STORE_FORMATS.includes(format));
  const password = needsPassword ? storePassword(flags['password-file'], world) : undefined;
  const encode = formatEncoder(formats, {
    ...(password === undefined ? {} : { password: password.text }),
    ...(flags.alias === undefined ? {} : { alias: flags.alias }),
    legacy: flags.legacy,
    createdAt: world.clock.now(),
    random: world.random,
  });
  return { formats, encode, password };
}

/** Throws DEVCA_FORMAT_NEEDS_KEY for those that would hold a key. */
export function refuseKeyFormats(formats: readonly Format[]): void {
  const wanting = formats.filter((format) => KEY_FORMATS.includes(format));
  if (wanting.length > 0) throw new DevcaError('DEVCA_FORMAT_NEEDS_KEY', { formats: wanting });
}

/**
 * Tells a password that was made, and no other: in the document with `--json`, else on standard error, even with
 * `--quiet`, since nothing opens the file without it. Gives what the document says of it.
 */
export function tellPassword(
  password: StorePassword | undefined,
  { output, world }: CommandContext,
): { password?: string } {
  if (password?.isGenerated !== true) return {};
  if (output.json) return { password: password.text };
  world.terminal.writeError(`password  ${password.text}  (made for this, kept nowhere, shown only now)\n`);
  return {};
}

function readFormat(word: string, command: string): Format {
  if (isFormat(word)) return word;
  const expected = `one or more of ${FORMATS.join(', ')}`;
  throw new DevcaError('DEVCA_USAGE_VALUE', { command, flag: '--format', value: word, expected });
}

/** A flag that would change nothing is a mistake. */
function refuseIdleFlags(
  flags: FormatFlags,
  formats: readonly Format[],
  withPassword: readonly Format[],
  command: string,
): void {
  const uses: readonly (readonly [string, boolean, readonly Format[]])[] = [
    ['--password-file', flags['password-file'] !== undefined, [...new Set(withPassword)]],
    ['--alias', flags.alias !== undefined, [...STORE_FORMATS, 'k8s']],
    ['--legacy', flags.legacy, ['p12', 'truststore']],
  ];
  for (const [flag, isGiven, of] of uses) {
    if (!isGiven || formats.some((format) => of.includes(format))) continue;
    const detail = `"${flag}" is for the formats ${of.join(', ')} only`;
    throw new DevcaError('DEVCA_USAGE_INVALID', { command, detail });
  }
}
