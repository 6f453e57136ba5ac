/**
 * Writes anew what the programs of this machine print about every fault, for the unit tests of the fault table:
 * node test/integration/diagnosis/record.ts [PROGRAM...]
 */
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatTranscripts } from '../../unit/diagnosis/transcripts.ts';
import { CLIENTS } from './clients/clients.ts';
import { runClient } from './clients/command-line.ts';
import { tlsServer } from './fault-servers.ts';
import { fileTranscripts, javaFileTranscripts, type Transcript, writeFaultyFiles } from './file-faults.ts';
import { nginxTranscripts } from './nginx.ts';
import { startScenarios } from './scenarios.ts';

const FIXTURES = join(import.meta.dirname, '../../unit/diagnosis/fixtures');

/** Lines worth keeping of programs that print much else. */
const KEEP: Readonly<Record<string, RegExp>> = {
  openssl: /error|alert|verif|depth=|errno|could not|unable/i,
  gnutls: /^\*|Status|could not|cannot|error/i,
  wget: /error|gnutls|certificate|unable|fail|refused|received|specified/i,
  curl: /^curl:|TLS alert|error|problem|fail/i,
};

const VERSION: Readonly<Record<string, readonly string[]>> = {
  openssl: ['version'],
  go: ['version'],
  nginx: ['-v'],
};

/** Clients whose alerts differ, as the servers here log them. */
const AT_SERVER = ['openssl', 'gnutls', 'go', 'java', 'node', 'chrome', 'firefox'];

const isError = ({ text }: Transcript): boolean => /error|hang up|ECONN/i.test(text);
const wanted = process.argv.slice(2);
const isWanted = (id: string): boolean => wanted.length === 0 || wanted.includes(id);
const scratch = mkdtempSync(join(tmpdir(), 'devca-record-'));
const files = join(scratch, 'files');
mkdirSync(files);
await writeFaultyFiles(files);

for (const client of CLIENTS.filter(({ id }) => isWanted(id))) {
  const folder = join(scratch, client.id);
  const cases = await startScenarios(folder);
  const outputs = await client.run(cases, scratch, client.tool);
  const refused = cases.flatMap(({ id, faults }): Transcript[] => {
    const text = outputs.get(id);
    return text === undefined ? [] : [{ id, faults, text }];
  });
  const logged = cases.flatMap(({ id, faults, server }): Transcript[] =>
    server.log() === '' ? [] : [{ id, faults, text: server.log() }],
  );
  await Promise.all(cases.map(({ server }) => server.close()));
  await save(client.id, client.tool, [...refused, ...(await ofFiles(client.id))]);
  if (AT_SERVER.includes(client.id))
    await save(`${client.id}-at-server`, client.tool, logged.filter(isError));
}
if (isWanted('nginx')) {
  const folder = join(scratch, 'nginx');
  mkdirSync(folder);
  await save('nginx', 'nginx', [
    ...(await nginxTranscripts(folder)),
    ...(await fileTranscripts('nginx', files, 0)),
  ]);
}
process.exit(0);

async function ofFiles(id: string): Promise<Transcript[]> {
  if (id === 'java') return javaFileTranscripts(files);
  const tools = {
    go: join(scratch, 'go-client'),
    python: 'python3',
    node: process.execPath,
    curl: 'curl',
    openssl: 'openssl',
    gnutls: 'gnutls-cli',
    wget: 'wget',
  };
  const tool = tools[id as keyof typeof tools];
  if (tool === undefined) return [];
  const pair = { cert: readFileSync(join(files, 'one.pem')), key: readFileSync(join(files, 'one.key')) };
  const server = await tlsServer(pair);
  const all = await fileTranscripts(id as keyof typeof tools, files, server.port, tool);
  await server.close();
  return all;
}

async function save(id: string, tool: string, all: readonly Transcript[]): Promise<void> {
  const { output } = await runClient(tool, VERSION[tool] ?? ['--version']);
  const heading = output.split('\n').find((line) => /\d\.\d/.test(line)) ?? tool;
  const keep = KEEP[id.replace('-at-server', '')];
  const tidy = all.map((one) => ({
    ...one,
    text: one.text
      .replaceAll(files, '/tmp/pki')
      .replaceAll(new RegExp(`${scratch}/[a-z-]+`, 'g'), '/tmp/pki')
      .split('\n')
      .filter((line) => keep === undefined || id.endsWith('-at-server') || keep.test(line))
      .filter((line, index, lines) => lines.indexOf(line) === index)
      .filter((line) => !/^(Using default temp DH|ACCEPT |-----|[A-Za-z0-9+/=]{60,}$)/.test(line))
      .join('\n'),
  }));
  writeFileSync(
    join(FIXTURES, `${id}.txt`),
    formatTranscripts(
      heading,
      tidy.filter(({ text }) => text.trim() !== ''),
    ),
  );
  process.stdout.write(`${id}: ${tidy.length}\n`);
}
