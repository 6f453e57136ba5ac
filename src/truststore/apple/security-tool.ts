import { hash } from 'node:crypto';
import { DevcaError } from '../../errors/devca-error.ts';
import { decodePem } from '../../pki/pem.ts';
import type { ExecOutcome } from '../../platform/exec.ts';
import { lastLines } from '../../platform/exec.ts';
import { userHome } from '../../platform/paths.ts';
import { withAnchorFile, withTemporaryFile } from '../anchor-file.ts';
import { type FoundRoots, findRoots } from '../found-roots.ts';
import { commandError, type TrustSession } from '../session.ts';
import type { TrustAnchor } from '../trust-anchor.ts';

export interface TrustSettings {
  has(certificate: Uint8Array): boolean;
}

/** Part of every macOS. */
export const SECURITY = '/usr/bin/security';

/** That of all users. */
export const SYSTEM_KEYCHAIN = '/Library/Keychains/System.keychain';

/** For whom a trust setting counts: one user, or all users and the system's own services. */
export type TrustDomain = 'user' | 'admin';

/** What a trust setting is limited to, and what has to pass afterwards. */
export const POLICIES = ['ssl', 'basic'] as const;

/** Reading takes milliseconds, unless the service behind it hangs. */
const ANSWER_TIMEOUT_MS = 15_000;

/** Throws DEVCA_TRUST_TOOL_MISSING. */
export async function askSecurity(
  args: readonly string[],
  store: string,
  session: TrustSession,
): Promise<ExecOutcome> {
  if (session.world.exec.find(SECURITY) === undefined) {
    throw new DevcaError('DEVCA_TRUST_TOOL_MISSING', { store, tool: SECURITY, install: undefined });
  }
  return session.run({ program: SECURITY, args, needsRoot: false }, ANSWER_TIMEOUT_MS);
}

/** The keychain that macOS opens when the user logs in; it need not have its usual name. */
export async function loginKeychain(store: string, session: TrustSession): Promise<string> {
  for (const args of [['login-keychain'], ['default-keychain', '-d', 'user']]) {
    const { status, stdout } = await askSecurity(args, store, session);
    const path = status === 0 ? quotedPath(stdout) : undefined;
    if (path !== undefined) return path;
  }
  return `${userHome(session.world.system)}/Library/Keychains/login.keychain-db`;
}

/** `security` writes octets outside of ASCII as `\ooo`. */
function quotedPath(text: string): string | undefined {
  const quoted = /"(\/[^"]*)"/.exec(text)?.[1];
  if (quoted === undefined) return undefined;
  const octets = quoted.replace(/\\([0-7]{3})/g, (_, octal: string) =>
    String.fromCharCode(Number.parseInt(octal, 8)),
  );
  return octets === quoted ? quoted : Buffer.from(octets, 'latin1').toString('utf8');
}

/** By the certificates themselves: what the tool says of them differs from release to release. */
export async function searchKeychain(
  anchor: TrustAnchor,
  keychain: string,
  store: string,
  session: TrustSession,
): Promise<FoundRoots> {
  return findRoots(await certificatesIn(keychain, store, session), anchor);
}

export async function certificatesIn(
  keychain: string,
  store: string,
  session: TrustSession,
): Promise<readonly Uint8Array[]> {
  const outcome = await askSecurity(['find-certificate', '-a', '-p', keychain], store, session);
  // 44: errSecItemNotFound, with which an empty keychain answers.
  if (outcome.status !== 0 && outcome.status !== 44) throw commandError(outcome, store);
  return decodePem(outcome.stdout, keychain).map(({ der }) => der);
}

/** What macOS has against the root, for each policy; `undefined` where it accepts it. */
export async function refusalsOf(
  anchor: TrustAnchor,
  store: string,
  session: TrustSession,
): Promise<readonly (string | undefined)[]> {
  return withAnchorFile(anchor, session, (path) =>
    Promise.all(
      POLICIES.map(async (policy) => {
        // -l: the certificate to judge is an authority's. -L: nothing is fetched.
        const args = ['verify-cert', '-c', path, '-p', policy, '-l', '-L'];
        const outcome = await askSecurity(args, store, session);
        if (outcome.timedOut) throw commandError(outcome, store);
        if (outcome.status === 0) return undefined;
        const text = outcome.stderr + outcome.stdout;
        // Something else than trust fails then: the tool has no code for it, but has one for an untrusted root.
        if (text.includes('Cert Verify Result: No error')) return undefined;
        return /Cert Verify Result: (.+)/.exec(text)?.[1]?.trim() ?? (lastLines(text, 1) || 'not trusted');
      }),
    ),
  );
}

/**
 * What there are trust settings for, by SHA-1 hash, as macOS keeps them: here nothing is trusted by that. They outlive
 * their certificates.
 */
export async function trustSettings(
  domain: TrustDomain,
  store: string,
  session: TrustSession,
): Promise<TrustSettings> {
  return withTemporaryFile(session, '.plist', async (path) => {
    const flags = domain === 'admin' ? ['-d'] : [];
    const { status } = await askSecurity(['trust-settings-export', ...flags, path], store, session);
    // It fails where there are none at all.
    if (status !== 0) return { has: () => false };
    const text = Buffer.from(session.world.files.readIfPresent(path) ?? []).toString('latin1');
    const keys = new Set(
      [...text.matchAll(/<key>([0-9A-F]{40})<\/key>/gi)].map(([, key = '']) => key.toUpperCase()),
    );
    return { has: (certificate) => keys.has(hash('sha1', certificate).toUpperCase()) };
  });
}

/** What a command that asks in a window means when it fails. */
export function securityError(outcome: ExecOutcome, store: string): DevcaError {
  const command = outcome.args.find((word) => /^(add|remove|delete)-/.test(word)) ?? '';
  const action = command.startsWith('add-') ? 'install' : 'uninstall';
  const context = { store, action } as const;
  if (command === '') return commandError(outcome, store);
  if (outcome.timedOut) return new DevcaError('DEVCA_TRUST_DIALOG_UNANSWERED', context);
  if (/cancell?ed by the user|-60006\b|-128\b/i.test(outcome.stderr))
    return new DevcaError('DEVCA_TRUST_DIALOG_CANCELLED', context);
  if (/no user interaction|interaction is not allowed|-60007\b|-25308\b/i.test(outcome.stderr))
    return new DevcaError('DEVCA_TRUST_DIALOG_IMPOSSIBLE', {
      ...context,
      detail: lastLines(outcome.stderr, 1),
    });
  return commandError(outcome, store);
}
