import { sha256Hex } from '../../pki/fingerprint.ts';
import { decodePem } from '../../pki/pem.ts';
import { debianAlias } from '../java/java-places.ts';
import type { TrustSession } from '../session.ts';
import type { Step } from '../step.ts';
import type { TrustAnchor } from '../trust-anchor.ts';

/** The key store that all Java runtimes of Debian share. Its password is Debian's and no secret. */
export const DEBIAN_CACERTS = '/etc/ssl/certs/java/cacerts';
const PASSWORD = 'changeit';

/** No folder of hooks. */
export const WITHOUT_HOOKS = ['--hooksdir', '/nonexistent'];

const HOOKS = '/etc/ca-certificates/update.d';
const JAVA_HOOK = 'jks-keystore';

/**
 * Arguments of `update-ca-certificates` that keep Java's hook from a rebuild after a removal, which it has no part in: it
 * would add what Java's key store has lost, or never had, of the roots of the system. Hooks of others are always run.
 */
export function withoutJavaHook({ world }: TrustSession): readonly string[] {
  if (world.files.statusOfTarget(HOOKS)?.kind !== 'folder') return [];
  const hooks = world.files.list(HOOKS);
  return hooks.length === 1 && hooks[0] === JAVA_HOOK ? WITHOUT_HOOKS : [];
}

/**
 * Debian's hook adds every system root to Java's as `debian:NAME.pem`, but never takes one away, not even with
 * `--fresh`: without this step Java would go on trusting a root that was removed.
 */
export async function planJavaAliasRemoval(
  anchor: TrustAnchor,
  session: TrustSession,
): Promise<readonly Step[]> {
  const { exec, files } = session.world;
  if (files.statusOfTarget(DEBIAN_CACERTS) === undefined || exec.find('keytool') === undefined) return [];
  const flags = ['-alias', debianAlias(anchor), '-keystore', DEBIAN_CACERTS, '-storepass', PASSWORD];
  const outcome = await session.run(
    { program: 'keytool', args: ['-exportcert', '-rfc', ...flags], needsRoot: false },
    15_000,
  );
  if (outcome.status !== 0) return [];
  const [block] = decodePem(outcome.stdout, DEBIAN_CACERTS);
  if (block === undefined || sha256Hex(block.der) !== anchor.sha256) return [];
  return [
    {
      kind: 'run',
      program: 'keytool',
      args: ['-delete', ...flags],
      needsRoot: true,
      why: "remove the root from Java's key store, where ca-certificates put it and leaves it",
    },
  ];
}
