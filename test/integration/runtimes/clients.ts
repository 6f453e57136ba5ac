import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { DEVCA, clients as everyClient } from '../trust-everything/clients.ts';

export interface Client {
  readonly name: string;
  readonly words: readonly string[];
}

const FETCH = resolve(import.meta.dirname, '../trust-everything/programs/fetch.mjs');
const REQUESTS = 'import sys, requests; print(requests.get(sys.argv[1]).text)';
const HTTPX = 'import sys, httpx; print(httpx.get(sys.argv[1]).text)';
const PHP_CURL = '$c = curl_init($argv[1]); curl_exec($c) or exit(1);';
const OPENSSL =
  'printf "GET / HTTP/1.0\\r\\n\\r\\n" | openssl s_client -quiet -verify_return_error -connect "$(echo "$1" | cut -d/ -f3)"';

export const NODES = ['node20', 'node22', 'node24', 'node26'] as const;

export const TOOLS = [
  ...['curl', 'wget', 'git', 'python3', 'java', 'go', 'ruby', 'php', 'deno', 'bun', 'openssl'],
  ...NODES,
];

/** Programs that fetch a page and print it, by the roots that they take by themselves; `URL` stands for the address. */
export const clients = (folder: string): readonly Client[] => [
  ...everyClient(folder).filter(({ name }) => name !== 'Node'),
  ...NODES.map((node) => ({ name: node, words: [node, FETCH, 'URL'] })),
  { name: 'requests', words: ['/usr/bin/python3', '-c', REQUESTS, 'URL'] },
  { name: 'httpx', words: ['/usr/bin/python3', '-c', HTTPX, 'URL'] },
  { name: "PHP's curl", words: ['php', '-r', PHP_CURL, 'URL'] },
  { name: 'OpenSSL', words: ['sh', '-c', OPENSSL, 'sh', 'URL'] },
];

export interface FetchOptions {
  readonly environment: Readonly<Record<string, string>>;
  /** Words before those of each client, such as `devca run --`. */
  readonly through?: readonly string[];
}

export const RUN: readonly string[] = [...DEVCA, 'run', '--'];

/** The names of those that get the page, two asking at a time. */
export async function fetchAll(
  url: string,
  asking: readonly Client[],
  { environment, through = [] }: FetchOptions,
): Promise<readonly string[]> {
  const waiting = [...asking];
  const accepted: string[] = [];
  const line = async (): Promise<void> => {
    for (let client = waiting.shift(); client !== undefined; client = waiting.shift()) {
      const words = [...through, ...client.words.map((word) => word.replace('URL', url))];
      if ((await outputOf(words, environment)).includes('accepted')) accepted.push(client.name);
    }
  };
  await Promise.all([line(), line()]);
  return accepted.sort();
}

/** What a program prints, whatever its status. */
export function outputOf(
  [file = '', ...args]: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<string> {
  return new Promise((settle) => {
    execFile(file, args, { timeout: 40_000, env: environment }, (_error, stdout) => settle(stdout));
  });
}

export const namesOf = (asked: readonly Client[]): readonly string[] => asked.map(({ name }) => name).sort();
