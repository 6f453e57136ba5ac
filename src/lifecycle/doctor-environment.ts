import type { World } from '../platform/world.ts';
import { mendingCommands } from '../runtimes/override-verdict.ts';
import { overridingSettings } from '../runtimes/overriding-settings.ts';
import { overridingVariables } from '../runtimes/overriding-variables.ts';
import type { DoctorFinding } from './doctor-finding.ts';

/**
 * Variables of the environment and settings of tools that make programs trust other roots than the stores do, or all of
 * them.
 * @param sha256 the fingerprints of devca's roots
 * @param place the flags that name their home in a command
 * @param isSystemTold whether it is said already that the system's own store lacks some of them: then no more is wrong
 * with what names that store
 */
export function examineEnvironment(
  sha256: readonly string[],
  place: string,
  isSystemTold: boolean,
  world: World,
): readonly DoctorFinding[] {
  const commands = mendingCommands(place);
  const told = [
    ...overridingVariables(sha256, world, commands).map((row) => ({
      ...row,
      what: `${row.variable} is set`,
      id: 'environment-trust',
    })),
    ...overridingSettings(sha256, world, commands).map((row) => ({
      ...row,
      what: `${row.setting} is set in "${row.file}"`,
      id: 'settings-trust',
    })),
  ];
  return told
    .filter(({ status, fix }) => status !== 'trusted' && !(isSystemTold && fix === commands.install))
    .map(({ what, id, status, detail, fix }) => ({
      ...(status === 'verification-off'
        ? { id: 'verification-off', severity: 'problem' as const }
        : { id, severity: 'warning' as const }),
      message: `${what}: ${detail}`,
      fix,
    }));
}
