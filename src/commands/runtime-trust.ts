import { liveGenerations } from '../authority/generations.ts';
import { readHome } from '../authority/home.ts';
import { requireAuthority } from '../authority/open-authority.ts';
import { DevcaError, isDevcaError } from '../errors/devca-error.ts';
import { homeOf } from '../platform/paths.ts';
import type { World } from '../platform/world.ts';
import type { DevcaRoots } from '../runtimes/merged-bundle.ts';
import { systemBundle } from '../runtimes/system-bundle.ts';
import { type EnvironmentRequest, trustEnvironment } from '../runtimes/trust-environment.ts';
import { RUNTIMES, type Runtime } from '../runtimes/trust-variables.ts';
import type { VariableSetting } from '../runtimes/variable-setting.ts';
import { journalledRoots } from '../truststore/trust.ts';

/** Flags of the commands that set variables. */
export const RUNTIME_FLAGS = {
  only: {
    type: 'list',
    value: 'RUNTIME',
    describe: 'only the variables of these, such as node,python (default: all)',
  },
  without: {
    type: 'list',
    value: 'RUNTIME',
    describe: 'not the variables that only these read, such as java',
  },
  authority: { type: 'string', value: 'NAME', describe: 'whose roots (default: of all authorities)' },
} as const;

export interface RuntimeFlags {
  readonly home: string | undefined;
  readonly authority: string | undefined;
  readonly only: readonly string[];
  readonly without: readonly string[];
}

/** The variables that a command is to set. Throws as `trustEnvironment`, and DEVCA_USAGE_VALUE, DEVCA_AUTHORITY_MISSING. */
export async function settingsFor(
  flags: RuntimeFlags,
  command: string,
  world: World,
): Promise<readonly VariableSetting[]> {
  const only = runtimesOf('--only', flags.only, command);
  const request: EnvironmentRequest = {
    roots: await devcaRoots(flags, world),
    ...(only.length === 0 ? {} : { only }),
    without: runtimesOf('--without', flags.without, command),
    systemRoots: systemBundle(world) === undefined ? await rootsWithoutFile() : [],
  };
  return trustEnvironment(request, world);
}

/**
 * The roots of all generations in use, of one authority or of all. Where there is no authority, those that came from
 * elsewhere and were put into a store.
 */
export async function devcaRoots(
  flags: Pick<RuntimeFlags, 'home' | 'authority'>,
  world: World,
): Promise<DevcaRoots> {
  try {
    return ownRoots(flags, world);
  } catch (error) {
    if (!isDevcaError(error, 'DEVCA_AUTHORITY_MISSING') || flags.authority !== undefined) throw error;
    const certificates = (await journalledRoots(world)).map(({ certificate }) => certificate);
    if (certificates.length === 0) throw error;
    return { owner: [error.context.home], certificates };
  }
}

function ownRoots(
  { home: flag, authority }: Pick<RuntimeFlags, 'home' | 'authority'>,
  world: World,
): DevcaRoots {
  const home = homeOf(flag, world.system);
  const certificates = readHome(home, world, (inventory) => {
    const first = requireAuthority(inventory, home, world, authority).record.name;
    const others = authority === undefined ? inventory.authorities.names() : [];
    return [...new Set([first, ...others])].flatMap((name) =>
      liveGenerations(inventory, home, world, name).map(({ root }) => root.certificate.der),
    );
  });
  return { owner: [home, ...(authority === undefined ? [] : [authority])], certificates };
}

/** Loaded where it is needed: it brings the runtime's network code along. */
async function rootsWithoutFile(): Promise<readonly string[]> {
  const { systemRoots } = await import('../wire/system-roots.ts');
  return systemRoots();
}

function runtimesOf(flag: string, given: readonly string[], command: string): readonly Runtime[] {
  return given
    .flatMap((words) => words.split(','))
    .map((word) => {
      const runtime = RUNTIMES.find((name) => name === word);
      if (runtime !== undefined) return runtime;
      const expected = `some of ${RUNTIMES.join(', ')}`;
      throw new DevcaError('DEVCA_USAGE_VALUE', { command, flag, value: word, expected });
    });
}
