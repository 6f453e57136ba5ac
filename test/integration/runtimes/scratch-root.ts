import { execFileSync } from 'node:child_process';
import { outputOf } from './clients.ts';

/** Where the scratch root is, in a mount namespace of its own. */
const ROOT = '/mnt/root';

/** The machine as a container would see its image: whatever is written lands in memory and is gone with the process. */
const SET_UP = `
set -e
mount -t tmpfs tmpfs /mnt
mkdir /mnt/upper /mnt/work ${ROOT}
mount -t overlay overlay -o lowerdir=/,upperdir=/mnt/upper,workdir=/mnt/work ${ROOT}
mount --rbind /proc ${ROOT}/proc
mount --rbind /dev ${ROOT}/dev
`;

export interface ScratchRoot {
  /** Shell commands in the namespace, before anything runs in the root: \`$ROOT\` is where it is. */
  readonly before: string;
  /** Shell commands in the root. */
  readonly inside: string;
  /** What is asked in the root, in an environment of its own; \`accepted\` in what it prints counts. */
  readonly clients: readonly { readonly name: string; readonly words: readonly string[] }[];
  readonly environment: Readonly<Record<string, string>>;
}

const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** The names of the clients that got their page, and after them what else was printed. */
export async function runInScratchRoot({ before, inside, clients, environment }: ScratchRoot): Promise<{
  readonly accepted: readonly string[];
  readonly printed: string;
}> {
  const variables = Object.entries({ PATH, HOME: '/root', LANG: 'C.UTF-8', ...environment });
  const asked = clients.map(({ name, words }) => {
    const line = ['env', '-i', ...variables.map(([key, value]) => `${key}=${value}`), ...words]
      .map(quote)
      .join(' ');
    return `if chroot ${ROOT} ${line} 2>/dev/null | grep -q accepted; then echo ${quote(`accepted: ${name}`)}; fi`;
  });
  const script = [
    SET_UP,
    `ROOT=${ROOT}`,
    before,
    `chroot ${ROOT} env -i PATH=${PATH} HOME=/root sh -ec ${quote(inside)}`,
    ...asked,
  ].join('\n');
  const asRoot = process.getuid?.() === 0 ? [] : ['sudo', '-n'];
  const output = await outputOf([...asRoot, 'unshare', '--mount', 'sh', '-c', `${script}\n`], { PATH });
  const lines = output.split('\n');
  return {
    accepted: lines.flatMap((line) => /^accepted: (.*)$/.exec(line)?.[1] ?? []).sort(),
    printed: lines.filter((line) => !line.startsWith('accepted: ')).join('\n'),
  };
}

const quote = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`;

/** The value of a YAML document, by Ruby's reader. */
export const parseYaml = (text: string): unknown =>
  JSON.parse(
    execFileSync('ruby', ['-ryaml', '-rjson', '-e', 'puts JSON.generate(YAML.load(STDIN.read))'], {
      input: text,
      encoding: 'utf8',
    }),
  );
