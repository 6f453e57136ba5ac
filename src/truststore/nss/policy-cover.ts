import { chromiumPolicyFile } from '../policy/chromium-policy.ts';
import { firefoxPolicyFile } from '../policy/firefox-policy.ts';
import type { TrustSession } from '../session.ts';
import type { TrustAnchor } from '../trust-anchor.ts';
import { installedBrowsers } from './chromium-browsers.ts';
import type { NssPlace } from './nss-place.ts';

/** The policies by which the browsers of a database come to the root whatever is in it; undefined where there are none. */
export function policyFor(anchor: TrustAnchor, place: NssPlace, session: TrustSession): string | undefined {
  const { platform } = session.world.system;
  if (platform === 'darwin' || platform === 'win32' || place.name.includes('flatpak')) return undefined;
  if (place.profile) {
    return place.name.startsWith('Firefox') ? firefoxPolicyFile(anchor, session) : undefined;
  }
  const files = installedBrowsers(session).map(({ policies }) =>
    policies === undefined ? undefined : chromiumPolicyFile(anchor, policies, session),
  );
  return files.every((file) => file !== undefined) && files.length > 0 ? files.join(', ') : undefined;
}
