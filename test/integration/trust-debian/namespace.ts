import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { cleanEnvironment } from '../../support/tools.ts';

/**
 * Laid over the machine's own folders, for one process and its children: nothing that they write is ever seen outside.
 * dpkg's folder is among them because Java's hook of ca-certificates runs triggers. Root gets an empty home, because the
 * journal goes there.
 */
const OVERLAID = ['/etc', '/var/lib/dpkg', '/var/lib/ca-certificates-java'];

/** A user who exists in the namespace only. */
export const USER_ID = 54_321;

const SET_UP = `
set -e
scratch=/mnt
mount -t tmpfs tmpfs "$scratch"
for folder in ${OVERLAID.join(' ')}; do
  [ -d "$folder" ] || continue
  layer="$scratch/$(echo "$folder" | tr / _)"
  mkdir -p "$layer/upper" "$layer/work"
  mount -t overlay overlay -o "lowerdir=$folder,upperdir=$layer/upper,workdir=$layer/work" "$folder"
done
anchors=/usr/local/share/ca-certificates
mkdir "$scratch/anchors" && cp -a "$anchors/." "$scratch/anchors/" && mount --bind "$scratch/anchors" "$anchors"
export HOME="$scratch/home" && mkdir "$HOME"
if [ -n "$USER_HOME" ]; then
  echo "devca-tester:x:${USER_ID}:${USER_ID}::$USER_HOME:/bin/sh" >> /etc/passwd
  echo "devca-tester:x:${USER_ID}:" >> /etc/group
  echo 'devca-tester:*:20000:0:99999:7:::' >> /etc/shadow
  echo 'devca-tester ALL=(ALL) NOPASSWD: ALL' > /etc/sudoers.d/devca-tester
  chown -R ${USER_ID}:${USER_ID} "$USER_HOME"
fi
exec "$@"
`;

export interface NamespaceOptions {
  /** The home of the user who exists in the namespace, who may use sudo there without a password. */
  readonly userHome?: string;
  /** Who runs the script: root, or that user. */
  readonly as: 'root' | 'user';
}

/** Runs a script of this folder in a mount namespace of its own; gives what it prints as JSON. */
export async function runInNamespace<Result>(
  script: string,
  input: object,
  { as, userHome = '' }: NamespaceOptions,
): Promise<Result> {
  const ids = ['--reuid', String(USER_ID), '--regid', String(USER_ID), '--init-groups'];
  const becoming = {
    root: [],
    user: ['setpriv', ...ids, 'env', `HOME=${userHome}`],
  }[as];
  const asRoot = process.getuid?.() === 0 ? [] : ['sudo', '-n'];
  const command = [
    ...asRoot,
    ...['unshare', '--mount', 'env', `USER_HOME=${userHome}`, 'sh', '-c', SET_UP, 'sh', ...becoming],
    ...[process.execPath, '--no-warnings', resolve(import.meta.dirname, script)],
  ];
  const [program = '', ...args] = command;
  const child = spawn(program, args, { env: cleanEnvironment('/root') });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  child.stdin.end(JSON.stringify(input));
  const status = await new Promise((settle) => child.on('close', settle));
  if (status !== 0) throw new Error(`${script} ended with status ${status}: ${stderr}`);
  return JSON.parse(stdout) as Result;
}

export interface HeldNamespace extends AsyncDisposable {
  /** The command line that runs a program in the namespace as root, whose home is empty, with a clean environment. */
  enter(words: readonly string[]): readonly string[];
}

/** The home of root in the namespace. */
export const HELD_HOME = '/mnt/home';

/** A mount namespace that stays until it is disposed of. */
export async function holdNamespace(): Promise<HeldNamespace> {
  const asRoot = process.getuid?.() === 0 ? [] : ['sudo', '-n'];
  const [program = '', ...args] = [...asRoot, 'unshare', '--mount', 'sh', '-c', SET_UP, 'sh'];
  // It ends with its input.
  const holder = spawn(program, [...args, 'sh', '-c', 'echo $$; exec cat'], {
    env: cleanEnvironment('/root'),
  });
  const pid = await new Promise<string>((resolve, reject) => {
    holder.stdout.once('data', (chunk: Buffer) => resolve(chunk.toString().trim()));
    holder.stderr.once('data', (chunk: Buffer) => reject(new Error(chunk.toString())));
  });
  const environment = Object.entries(cleanEnvironment(HELD_HOME)).map(([name, value]) => `${name}=${value}`);
  const prefix = [...asRoot, 'env', '-i', ...environment, 'nsenter', '--target', pid, '--mount', '--'];
  return {
    enter: (words) => [...prefix, ...words],
    [Symbol.asyncDispose]: async () => {
      holder.stdin.end();
      await once(holder, 'close');
    },
  };
}
