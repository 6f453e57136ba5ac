import { DevcaError } from '../errors/devca-error.ts';
import type { World } from '../platform/world.ts';
import { readContainer } from './container.ts';
import { checkModes } from './file-modes.ts';
import { withFurtherSubjects } from './further-subjects.ts';
import type { Container, Reading, Subject } from './presented.ts';

/** No chain, key store or Secret is larger; the bundles of whole operating systems are a tenth of it. */
export const LARGEST_FILE = 8 * 1024 * 1024;

/** The subjects in one file. Throws what `readContainer` throws. */
export function readFileTarget(
  target: string,
  { path, bytes }: { readonly path: string; readonly bytes: Uint8Array },
  password: string | undefined,
  world: Pick<World, 'files' | 'system'>,
): Reading {
  const container = readContainer(bytes, target, password);
  const holdsKey = container.bundles.some(({ keys }) => keys.length > 0);
  const findings = checkModes(path, holdsKey && !isProtected(container), world);
  const subjects = subjectsOf(container, target).flatMap((subject) =>
    withFurtherSubjects({ ...subject, file: target, findings }),
  );
  return { subjects, unreadable: [], leftOut: [] };
}

/** The subjects in bytes that came from nowhere, such as standard input. */
export function readBytesTarget(target: string, bytes: Uint8Array, password: string | undefined): Reading {
  if (bytes.length > LARGEST_FILE)
    throw new DevcaError('DEVCA_FILE_TOO_LARGE', { path: target, bytes: bytes.length, limit: LARGEST_FILE });
  return {
    subjects: subjectsOf(readContainer(bytes, target, password), target),
    unreadable: [],
    leftOut: [],
  };
}

function subjectsOf({ form, bundles }: Container, target: string): Subject[] {
  return bundles.map((bundle) => ({
    ...bundle,
    target: bundle.label === undefined || bundles.length === 1 ? target : `${target} (${bundle.label})`,
    form,
    findings: [],
  }));
}

/** Whether the keys in it are encrypted, so that reading the file gives nobody a key. */
const isProtected = ({ form }: Container): boolean => form === 'pkcs12' || form === 'jks';
