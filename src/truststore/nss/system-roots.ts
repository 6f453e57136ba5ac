import { join } from 'node:path';
import type { TrustSession } from '../session.ts';
import type { FirefoxFlavour } from './firefox-flavours.ts';
import type { LeftAlone } from './nss-place.ts';

const PREFERENCE = 'security.enterprise_roots.enabled';

/**
 * On macOS and Windows, Firefox takes roots that people added to the system's store. What there is to say of a profile
 * there; undefined where it has to be changed, and can be.
 */
export function systemRootsNote(
  folder: string,
  flavour: FirefoxFlavour,
  session: TrustSession,
): LeftAlone | undefined {
  const system = session.world.system.platform === 'darwin' ? 'macOS' : 'Windows';
  if (takesSystemRoots(folder, flavour, session)) {
    return { status: 'unsupported', detail: `takes its roots from the store of ${system}`, fix: '' };
  }
  // NSS's own tool is to be had on macOS.
  if (system === 'macOS') return undefined;
  return {
    status: 'not-trusted',
    detail: `does not take roots from the store of ${system}`,
    fix: `open about:config there, set ${PREFERENCE} to true, and start it again`,
  };
}

/** The last line counts, and what is in user.js counts more: it is read at every start. */
function takesSystemRoots(folder: string, flavour: FirefoxFlavour, session: TrustSession): boolean {
  const lines = ['prefs.js', 'user.js'].map((name) => textOf(join(folder, name), session)).join('\n');
  const values = [...lines.matchAll(/^\s*user_pref\("([^"]+)",\s*(true|false)\s*\);/gm)];
  const chosen = values.findLast(([, name]) => name === PREFERENCE)?.[2];
  if (chosen !== undefined) return chosen === 'true';
  const version = /^LastVersion=(\d+)/m.exec(textOf(join(folder, 'compatibility.ini'), session))?.[1];
  const { systemRootsSince } = flavour;
  return systemRootsSince !== undefined && (version === undefined || Number(version) >= systemRootsSince);
}

function textOf(path: string, session: TrustSession): string {
  try {
    return Buffer.from(session.world.files.readIfPresent(path) ?? []).toString('utf8');
  } catch {
    return '';
  }
}
