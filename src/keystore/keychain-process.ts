// The process that puts one question to the keychain: JSON on standard input, JSON on standard output.
import { thisSystem } from '../platform/system.ts';
import { processTerminal } from '../platform/terminal.ts';

export interface KeychainRequest {
  readonly operation: 'get' | 'set' | 'remove';
  readonly entry: string;
  readonly secret?: string;
  readonly limitMs: number;
  /** Nothing found is told from locked by trying to add something, which would ask somebody where there is a screen. */
  readonly tellsLocked: boolean;
}

export type KeychainAnswer =
  | { readonly value: string | null }
  | { readonly problem: 'unavailable' | 'locked' | 'silent'; readonly detail: string };

type Keychain = Pick<typeof import('keytar'), 'getPassword' | 'setPassword' | 'deletePassword'>;

const SERVICE = 'devca';
/** An entry that nothing reads. */
const PROBE = 'devca-probe';

const terminal = processTerminal(thisSystem());
const request = JSON.parse(Buffer.from(await terminal.readInput()).toString('utf8')) as KeychainRequest;
const timer = setTimeout(() => {
  say({ problem: 'silent', detail: '' });
  // The call cannot be cancelled, and the process would not end before it does.
  process.kill(process.pid, 'SIGKILL');
}, request.limitMs);
say(await answer(request));
clearTimeout(timer);

function say(answer: KeychainAnswer): void {
  terminal.writeOut(JSON.stringify(answer));
}

async function answer(request: KeychainRequest): Promise<KeychainAnswer> {
  const keychain = await loadKeychain();
  if (typeof keychain === 'string') return { problem: 'unavailable', detail: keychain };
  try {
    return { value: await perform(request, keychain) };
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    return { problem: /lock|dismiss|prompt/i.test(detail) ? 'locked' : 'unavailable', detail };
  }
}

/** The library, or why there is none. */
async function loadKeychain(): Promise<Keychain | string> {
  try {
    return (await import('keytar')).default;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND'
      ? 'the optional package "keytar" is not installed'
      : 'the package "keytar" cannot load its library; on Linux it needs libsecret';
  }
}

async function perform(
  { operation, entry, secret = '', tellsLocked }: KeychainRequest,
  keychain: Keychain,
): Promise<string | null> {
  if (operation === 'set') await keychain.setPassword(SERVICE, entry, secret);
  if (operation === 'remove') {
    await keychain.deletePassword(SERVICE, entry);
    return null;
  }
  const value = await keychain.getPassword(SERVICE, entry);
  if (value === null && tellsLocked) {
    await keychain.setPassword(SERVICE, PROBE, PROBE);
    await keychain.deletePassword(SERVICE, PROBE);
  }
  return value;
}
