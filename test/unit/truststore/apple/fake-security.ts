import { hash } from 'node:crypto';
import { sha256Hex } from '../../../../src/pki/fingerprint.ts';
import { decodePem, encodePem } from '../../../../src/pki/pem.ts';
import type { ExecOutcome } from '../../../../src/platform/exec.ts';
import type { FakeMachine } from '../fake-machine.ts';

export const LOGIN_KEYCHAIN = '/Users/ada/Library/Keychains/login.keychain-db';
export const SYSTEM_KEYCHAIN = '/Library/Keychains/System.keychain';

/** What somebody does with the window in which macOS asks; `ssh`: there is none. */
export type Answer = 'yes' | 'cancel' | 'silence' | 'ssh';

export interface FakeSecurity {
  /** Certificates by keychain. */
  readonly keychains: Map<string, Uint8Array[]>;
  /** What is trusted, by domain, as SHA-256. */
  readonly trusted: { readonly user: Set<string>; readonly admin: Set<string> };
  /** Policies that refuse whatever the settings say. */
  readonly refusedPolicies: Set<string>;
  /** What `verify-cert` gives as the reason. */
  refusal: string;
  /** What `login-keychain` prints. */
  loginKeychain: string;
  answer: Answer;
  /** Every question hangs. */
  hangs: boolean;
}

/** As security(1) behaves from macOS 13 to 26: words, exit status and what it leaves behind when it fails. */
export function installSecurity(machine: FakeMachine): FakeSecurity {
  const security: FakeSecurity = {
    keychains: new Map([
      [LOGIN_KEYCHAIN, []],
      [SYSTEM_KEYCHAIN, []],
    ]),
    trusted: { user: new Set(), admin: new Set() },
    refusedPolicies: new Set(),
    refusal: 'CSSMERR_TP_NOT_TRUSTED',
    loginKeychain: `    "${LOGIN_KEYCHAIN}"\n`,
    answer: 'yes',
    hangs: false,
  };
  machine.programs.set('security', (args) => runSecurity(args, security, machine));
  machine.programs.set('sleep', () => ({}));
  return security;
}

const HANGING = { status: null, signal: 'SIGKILL', timedOut: true } as const;

function runSecurity(
  args: readonly string[],
  security: FakeSecurity,
  machine: FakeMachine,
): Partial<ExecOutcome> {
  if (security.hangs) return HANGING;
  const [command] = args;
  const last = args.at(-1) ?? '';
  const domain = args.includes('-d') ? 'admin' : 'user';
  const settings = security.trusted[domain];
  const certificateAt = (path: string): Uint8Array =>
    decodePem(machine.read(path) ?? '', path)[0]?.der ?? new Uint8Array();
  switch (command) {
    case 'login-keychain':
      return { stdout: security.loginKeychain };
    case 'default-keychain':
      return {
        status: 1,
        stderr: 'security: SecKeychainCopyDomainDefault user: A default keychain could not be found.',
      };
    case 'find-certificate': {
      const found = security.keychains.get(last);
      if (found === undefined) return { status: 50, stderr: `security: SecKeychainOpen ${last}` };
      return { stdout: found.map((der) => encodePem('CERTIFICATE', der)).join('') };
    }
    case 'verify-cert': {
      const path = args[args.indexOf('-c') + 1] ?? '';
      const policy = args[args.indexOf('-p') + 1] ?? '';
      const sha256 = sha256Hex(certificateAt(path));
      const isTrusted = security.trusted.user.has(sha256) || security.trusted.admin.has(sha256);
      if (isTrusted && !security.refusedPolicies.has(policy))
        return { stdout: '...certificate verification successful.\n' };
      return { status: 1, stdout: '---\n', stderr: `Cert Verify Result: ${security.refusal}\n` };
    }
    case 'trust-settings-export': {
      if (settings.size === 0)
        return {
          status: 1,
          stderr: 'SecTrustSettingsCreateExternalRepresentation: No Trust Settings were found.',
        };
      const all = [...security.keychains.values()].flat();
      const keys = all.filter((der) => settings.has(sha256Hex(der))).map((der) => hash('sha1', der));
      machine.write(last, keys.map((key) => `\t\t<key>${key.toUpperCase()}</key>\n`).join(''));
      return { stdout: '...Trust Settings exported successfully.\n' };
    }
    case 'add-trusted-cert': {
      const der = certificateAt(last);
      const keychain = args[args.indexOf('-k') + 1] ?? '';
      // The certificate is there before the window opens, and stays when it is closed.
      security.keychains.get(keychain)?.push(der);
      const failure = failureOf(security.answer, 'SecTrustSettingsSetTrustSettings');
      if (failure === undefined) settings.add(sha256Hex(der));
      return failure ?? {};
    }
    case 'remove-trusted-cert': {
      const failure = failureOf(security.answer, 'SecTrustSettingsRemoveTrustSettings');
      if (failure === undefined) settings.delete(sha256Hex(certificateAt(last)));
      return failure ?? {};
    }
    case 'delete-certificate': {
      const wanted = (args[args.indexOf('-Z') + 1] ?? '').toLowerCase();
      const kept = security.keychains.get(last)?.filter((der) => sha256Hex(der) !== wanted) ?? [];
      if (kept.length === security.keychains.get(last)?.length)
        return { status: 1, stderr: `Unable to delete certificate matching "${wanted}"` };
      const failure = args.includes('-t')
        ? failureOf(security.answer, 'SecTrustSettingsRemoveTrustSettings (user)')
        : undefined;
      if (failure !== undefined) return failure;
      security.keychains.set(last, kept);
      if (args.includes('-t')) settings.delete(wanted);
      return {};
    }
    default:
      return { status: 2, stderr: `security: unknown command "${command}"` };
  }
}

function failureOf(answer: Answer, call: string): Partial<ExecOutcome> | undefined {
  switch (answer) {
    case 'yes':
      return undefined;
    case 'cancel':
      return { status: 1, stderr: `${call}: The authorization was canceled by the user.\n` };
    case 'ssh':
      return {
        status: 1,
        stderr: `${call}: The authorization was denied since no user interaction was possible.\n`,
      };
    case 'silence':
      return HANGING;
  }
}
