import { bytesToHex } from '../pki/fingerprint.ts';
import { pathsOf, stateFolder } from '../platform/paths.ts';
import type { System } from '../platform/system.ts';
import type { TrustSession } from './session.ts';
import type { Step } from './step.ts';
import { anchorFileName, anchorPem, type TrustAnchor } from './trust-anchor.ts';

/** Where a step leaves the root for a program that reads nothing but files; a later step takes it away. */
export function stagedFile(anchor: TrustAnchor, session: TrustSession): string {
  const { join } = pathsOf(session.world.system);
  return join(stateFolder(session.world.system), 'devca', `${anchorFileName(anchor)}.pem`);
}

/** The steps that bring the root to a file of the user. */
export function stagingSteps(anchor: TrustAnchor, session: TrustSession): readonly Step[] {
  const path = stagedFile(anchor, session);
  const folder = pathsOf(session.world.system).dirname(path);
  const needsRoot = false;
  const present = session.world.files.statusOfTarget(folder) !== undefined;
  const make: Step = {
    kind: 'run',
    program: 'install',
    args: ['-d', '-m', '0700', folder],
    needsRoot,
    why: 'make the folder for the next step',
  };
  return [
    ...(present || session.world.system.platform === 'win32' ? [] : [make]),
    stageStep(anchor, path, needsRoot),
  ];
}

export const stageStep = (anchor: TrustAnchor, path: string, needsRoot: boolean): Step => ({
  kind: 'write',
  path,
  text: anchorPem(anchor),
  mode: 0o644,
  needsRoot,
  why: 'bring the root to a file for the next step',
});

export const unstageStep = (path: string, needsRoot: boolean): Step => ({
  kind: 'remove',
  path,
  needsRoot,
  why: 'remove that file again',
});

/** Shows the root to a program that reads nothing but files, in one that is gone afterwards. */
export async function withAnchorFile<T>(
  anchor: TrustAnchor,
  session: TrustSession,
  use: (path: string) => Promise<T>,
): Promise<T> {
  return withTemporaryFile(session, '.pem', async (path) => {
    session.world.files.createExclusive(path, Buffer.from(anchorPem(anchor)), 0o644);
    return use(path);
  });
}

/** A path at which nothing stands yet; what a program leaves there is removed. */
export async function withTemporaryFile<T>(
  session: TrustSession,
  extension: string,
  use: (path: string) => Promise<T>,
): Promise<T> {
  const { files, random, system } = session.world;
  const name = `devca-${bytesToHex(random(8))}${extension}`;
  const path = pathsOf(system).join(temporaryFolder(system), name);
  try {
    return await use(path);
  } finally {
    files.remove(path);
  }
}

function temporaryFolder(system: System): string {
  const { isAbsolute, join } = pathsOf(system);
  const { TMPDIR, TEMP, TMP } = system.environment;
  const named = (system.platform === 'win32' ? [TEMP, TMP] : [TMPDIR]).find(
    (path) => path !== undefined && isAbsolute(path),
  );
  if (named !== undefined) return named;
  return system.platform === 'win32' ? join(stateFolder(system), 'Temp') : '/tmp';
}
