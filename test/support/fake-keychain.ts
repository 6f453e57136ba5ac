import type { KeychainAnswer, KeychainRequest } from '../../src/keystore/keychain-process.ts';
import type { Exec, ExecOptions } from '../../src/platform/exec.ts';

export interface FakeKeychain {
  readonly exec: Exec;
  /** By the names of entries. */
  readonly entries: Map<string, string>;
  /** Every question that was put to it, without secrets. */
  readonly asked: string[];
  /** What it answers instead of the truth from now on. */
  instead: ((request: KeychainRequest) => KeychainAnswer | string | undefined) | undefined;
}

/** A keychain in memory, behind the process that devca asks. */
export function fakeKeychain(): FakeKeychain {
  const entries = new Map<string, string>();
  const asked: string[] = [];
  const keychain: FakeKeychain = {
    entries,
    asked,
    instead: undefined,
    exec: {
      find: () => undefined,
      run: async (program: string, args: readonly string[], options: ExecOptions = {}) => {
        const request = JSON.parse(String(options.stdin)) as KeychainRequest;
        asked.push(`${request.operation} ${request.entry} ${request.limitMs}`);
        const answer = keychain.instead?.(request) ?? perform(request, entries);
        const stdout = typeof answer === 'string' ? '' : JSON.stringify(answer);
        const timedOut = answer === 'hangs';
        const stderr = typeof answer === 'string' ? answer : '';
        return { program, args, status: timedOut ? null : 0, signal: null, stdout, stderr, timedOut };
      },
    },
  };
  return keychain;
}

function perform(
  { operation, entry, secret = '' }: KeychainRequest,
  entries: Map<string, string>,
): KeychainAnswer {
  if (operation === 'set') entries.set(entry, secret);
  if (operation === 'remove') entries.delete(entry);
  return { value: operation === 'remove' ? null : (entries.get(entry) ?? null) };
}
