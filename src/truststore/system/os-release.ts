import type { TrustSession } from '../session.ts';
import { textOf } from './roots.ts';

/** The name by which a distribution calls itself, such as `fedora`; empty where it doesn't. See os-release(5). */
export function releaseId(session: TrustSession): string {
  const text = textOf('/etc/os-release', session) || textOf('/usr/lib/os-release', session);
  return /^ID=["']?([^"'\n]+)/m.exec(text)?.[1] ?? '';
}
