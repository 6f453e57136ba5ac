import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { scratchFolder } from '../../support/scratch.ts';
import { describeWith, toolOrFail } from '../../support/tools.ts';
import { buildGoClient } from './clients/clients.ts';
import { type FaultServer, tlsServer } from './fault-servers.ts';
import { fileTranscripts, javaFileTranscripts, type Transcript, writeFaultyFiles } from './file-faults.ts';
import { judge } from './judge.ts';

const tools = ['openssl', 'curl', 'gnutls-cli', 'wget', 'python3', 'go', 'java', 'nginx'];

describeWith(tools, 'explain, of files that programs cannot use', () => {
  const folder = scratchFolder();
  let server: FaultServer | undefined;

  beforeAll(async () => {
    await writeFaultyFiles(folder);
    const [cert, key] = ['one.pem', 'one.key'].map((name) => readFileSync(join(folder, name)));
    server = await tlsServer({ cert, key });
  }, 30_000);
  afterAll(() => server?.close());

  const judgeAll = (transcripts: readonly Transcript[], atLeast: number): void => {
    expect(transcripts.length).toBeGreaterThanOrEqual(atLeast);
    for (const { id, faults, text } of transcripts) judge(id, faults, text);
  };

  it.each([
    ['curl', 'curl', 12],
    ['openssl', 'openssl', 7],
    ['gnutls', 'gnutls-cli', 1],
    ['wget', 'wget', 1],
    ['python', 'python3', 6],
    ['nginx', 'nginx', 6],
  ] as const)(
    'names them from what %s says',
    async (client, tool, atLeast) => {
      judgeAll(await fileTranscripts(client, folder, server?.port ?? 0, toolOrFail(tool)), atLeast);
    },
    30_000,
  );

  it('names them from what Node, Go and Java say', async () => {
    judgeAll(await fileTranscripts('node', folder, 0, process.execPath), 9);
    judgeAll(await fileTranscripts('go', folder, 0, await buildGoClient(folder, toolOrFail('go'))), 8);
    judgeAll(await javaFileTranscripts(folder), 5);
  }, 60_000);
});
