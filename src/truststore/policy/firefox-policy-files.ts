import { dirname, join } from 'node:path';
import type { Files } from '../../platform/files.ts';
import { realPathOr, uniqueByRealPath } from '../real-path.ts';
import type { TrustSession } from '../session.ts';

/** Read by every Firefox of the machine, Debian's ESR and the snap among them. */
const SYSTEM_FILE = '/etc/firefox/policies/policies.json';

const PROGRAMS = ['firefox', 'firefox-esr', 'firefox-developer-edition', 'firefox-nightly'];

const INSTALLATIONS = ['/usr/lib/firefox', '/usr/lib64/firefox', '/usr/lib/firefox-esr', '/opt/firefox'];

/**
 * The policy files that count. Where the system's file is there, no Firefox looks into that of its installation; to make it
 * would put the policies in those out of force, so there the root goes into them.
 */
export function firefoxPolicyFiles(session: TrustSession): readonly string[] {
  const { files } = session.world;
  if (files.statusOfTarget(SYSTEM_FILE) !== undefined) return [SYSTEM_FILE];
  const own = installations(session).map(policiesOf);
  return own.some((path) => files.statusOfTarget(path) !== undefined) ? own : [SYSTEM_FILE];
}

/** Those that may be there on any machine. */
export const FIREFOX_POLICY_FILES: readonly string[] = [SYSTEM_FILE, ...INSTALLATIONS.map(policiesOf)];

/** Whether some Firefox takes policies from a file, or did so where Firefox is no longer there. */
export function isFirefoxPolicyFile(path: string, files: Pick<Files, 'statusOfTarget'>): boolean {
  const installation = dirname(dirname(path));
  if (FIREFOX_POLICY_FILES.includes(path)) return true;
  return path === policiesOf(installation) && isInstallation(installation, files);
}

function policiesOf(installation: string): string {
  return join(installation, 'distribution', 'policies.json');
}

function installations(session: TrustSession): readonly string[] {
  const { exec, files } = session.world;
  const folders = PROGRAMS.flatMap((program) => {
    const path = exec.find(program);
    return path === undefined ? [] : [dirname(realPathOr(path, session))];
  });
  const there = [...folders, ...INSTALLATIONS].filter((folder) => isInstallation(folder, files));
  return uniqueByRealPath(there, (folder) => folder, session);
}

const isInstallation = (folder: string, files: Pick<Files, 'statusOfTarget'>): boolean =>
  files.statusOfTarget(join(folder, 'application.ini')) !== undefined;
