import type { World } from '../platform/world.ts';
import { overridingVariables } from '../runtimes/overriding-variables.ts';
import type { DoctorFinding } from './doctor-finding.ts';

/**
 * Variables of the environment that make programs trust other roots than the stores do, or all of them.
 * @param sha256 the fingerprints of devca's roots
 * @param place the flags that name their home in a command
 */
export const examineEnvironment = (
  sha256: readonly string[],
  place: string,
  world: World,
): readonly DoctorFinding[] =>
  overridingVariables(sha256, world, `devca env${place}`)
    .filter(({ status }) => status !== 'trusted')
    .map(({ variable, status, detail, fix }) => ({
      ...(status === 'verification-off'
        ? { id: 'verification-off', severity: 'problem' as const }
        : { id: 'environment-trust', severity: 'warning' as const }),
      message: `${variable} is set: ${detail}`,
      fix,
    }));
