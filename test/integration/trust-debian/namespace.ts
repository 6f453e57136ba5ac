import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { cleanEnvironment } from '../../support/tools.ts';

/**
 * Laid over the machine's own folders, for one process and its children: nothing that they write is ever seen outside.
 * dpkg's folder is among them because Java's hook of ca-certificates runs triggers.
 */
const OVERLAID = ['/etc', '/var/lib/dpkg', '/var/lib/ca-certificates-java'];

const SET_UP = `
set -e
scratch=$(mktemp -d)
mount -t tmpfs tmpfs "$scratch"
for folder in ${OVERLAID.join(' ')}; do
  [ -d "$folder" ] || continue
  layer="$scratch/$(echo "$folder" | tr / _)"
  mkdir -p "$layer/upper" "$layer/work"
  mount -t overlay overlay -o "lowerdir=$folder,upperdir=$layer/upper,workdir=$layer/work" "$folder"
done
anchors=/usr/local/share/ca-certificates
mkdir "$scratch/anchors" && cp -a "$anchors/." "$scratch/anchors/" && mount --bind "$scratch/anchors" "$anchors"
exec "$@"
`;

/** Runs a script of this folder in a mount namespace of its own, as root; gives what it prints as JSON. */
export async function runInNamespace<Result>(
  script: string,
  input: object,
  environment: Readonly<Record<string, string>> = {},
): Promise<Result> {
  const asRoot = process.getuid?.() === 0 ? [] : ['sudo', '-n'];
  const command = [
    ...asRoot,
    ...['unshare', '--mount', 'sh', '-c', SET_UP, 'sh'],
    ...[process.execPath, '--no-warnings', resolve(import.meta.dirname, script)],
  ];
  const [program = '', ...args] = command;
  const child = spawn(program, args, { env: { ...cleanEnvironment('/root'), ...environment } });
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
