import { resolve } from 'node:path';
import type { CommandStatus } from '../cli/command.ts';
import type { Output } from '../cli/output.ts';
import { forTerminal } from '../platform/escape.ts';
import { fileChunks } from '../platform/file-chunks.ts';
import type { World } from '../platform/world.ts';
import { handshakeBetween } from '../wire/between.ts';
import { describeTranscript } from '../wire/describe-handshake.ts';
import type { ReportedAlert } from '../wire/handshake-report.ts';
import { readCapture } from '../wire/read-capture.ts';
import { type ServedHandshake, serveHandshakes } from '../wire/serve-handshakes.ts';
import { reportServed, type ServedReport } from '../wire/served-report.ts';
import { writeHandshakePage } from './handshake-page.ts';
import { type HandshakeFlags, pemOf, readPair, readRootSets } from './handshake-settings.ts';
import { faultLines, findingsSection, handshakeText, servedText, transcriptText } from './handshake-text.ts';

interface ModeContext {
  readonly flags: HandshakeFlags & { readonly verbose: boolean; readonly html: string | undefined };
  readonly world: World;
  readonly output: Output;
}

/** `--listen`: examines whoever connects, until `count` have. */
export async function listen(
  port: number,
  options: { readonly requireClientCertificate: boolean; readonly count: number | undefined },
  { flags, world, output }: ModeContext,
): Promise<CommandStatus> {
  const pair = readPair(flags.cert, flags.key, flags, world);
  const rootSets = readRootSets(flags, world);
  const count = options.count ?? (output.json ? 1 : Number.POSITIVE_INFINITY);
  const reports: ServedReport[] = [];
  const arrived: ServedHandshake[] = [];
  let wake: () => void = () => {};
  const settings = {
    port,
    ...pair,
    alpn: flags.alpn?.split(',') ?? ['http/1.1'],
    clientCertificate: options.requireClientCertificate ? ('need' as const) : ('none' as const),
    // Only the authority's roots: the names of all the system's would be sent to the client.
    clientRoots: rootSets
      .filter(({ name }) => name !== 'system')
      .flatMap(({ anchors }) => anchors.map(pemOf)),
  };
  const server = await serveHandshakes(
    settings,
    (handshake) => {
      arrived.push(handshake);
      wake();
    },
    world,
  );
  output.note(`listening on 127.0.0.1:${server.port}; connect with any client, end with Ctrl-C`);
  try {
    while (reports.length < count) {
      const next = arrived.shift();
      if (next === undefined) {
        await new Promise<void>((resolveWake) => {
          wake = resolveWake;
        });
        continue;
      }
      const { report } = await reportServed(next, { rootSets }, world);
      reports.push(report);
      if (!output.json) output.raw(`${servedText(report, flags.verbose, output)}\n\n`);
    }
  } finally {
    await server.close();
  }
  if (output.json) output.result({ handshakes: reports }, () => '');
  return reports.every(({ established }) => established) ? 0 : 4;
}

/** `--between`: two certificates with each other, both views. */
export async function between(
  serverCert: string,
  clientCert: string,
  { flags, world, output }: ModeContext,
): Promise<CommandStatus> {
  const [server, client] = [serverCert, clientCert].map((cert) => readPair(cert, undefined, flags, world));
  if (server === undefined || client === undefined) return 1;
  const rootSets = readRootSets(flags, world);
  const roots = rootSets.filter(({ name }) => name !== 'system').flatMap(({ anchors }) => anchors.map(pemOf));
  const { report } = await handshakeBetween(
    flags.servername ?? 'localhost',
    {
      server: { ...server, clientCertificate: 'need', clientRoots: roots },
      client: { ...client, roots, rootSets },
      clientRootSets: rootSets,
    },
    world,
  );
  if (flags.html !== undefined)
    writeHandshakePage(
      resolve(world.system.workingFolder, flags.html),
      report.client,
      world,
      report.timeline,
    );
  output.result(report, () =>
    [
      handshakeText(report.client, flags.verbose, output),
      '',
      output.style('bold', 'both ends on one clock'),
      ...report.timeline.map(({ from, type, sentAt, receivedAt }) => {
        const [left, right] = from === 'client' ? [sentAt, receivedAt] : [receivedAt, sentAt];
        const arrow = from === 'client' ? '-->' : '<--';
        return `  client ${stamp(left)} ${arrow} ${stamp(right)} server  ${forTerminal(type)}`;
      }),
      ...findingsSection(report.server.findings, output),
    ].join('\n'),
  );
  return report.established && report.client.verification.valid !== false ? 0 : 4;
}

/** `--read`: somebody else's capture. */
export async function read(
  file: string,
  keyLogFile: string | undefined,
  { flags, world, output }: ModeContext,
): Promise<CommandStatus> {
  const path = (name: string): string => resolve(world.system.workingFolder, name);
  const keyLog =
    keyLogFile === undefined
      ? undefined
      : { text: Buffer.from(world.files.readNamed(path(keyLogFile))).toString('latin1'), source: keyLogFile };
  const capture = readCapture(fileChunks(path(file)), file, keyLog);
  const connections = capture.connections.map(({ client, server, startedAt, transcript, established }) => ({
    client,
    server,
    established,
    startedAt: startedAt.toISOString(),
    ...describeTranscript(transcript, { secrets: [] }, { at: startedAt }),
  }));
  const { packets, bytes, findings } = capture;
  output.result({ packets, bytes, connections, findings }, () =>
    [
      ...connections.flatMap((connection) => [
        transcriptText(
          `${connection.client} -> ${connection.server}  ${connection.startedAt}`,
          connection,
          flags.verbose,
          output,
        ),
        ...(connection.alert === null ? [] : alertLines(connection.alert)),
        '',
      ]),
      `${packets} packets, ${connections.length} TLS connections`,
      ...findingsSection(findings, output),
    ].join('\n'),
  );
  return connections.some(({ alert }) => alert?.level === 'fatal') ? 4 : 0;
}

function alertLines({ from, description, meaning, fault }: ReportedAlert): string[] {
  const fix = fault === null ? [] : [`    ${fault.fix}`];
  return [`  ${from} sent ${description}: ${meaning}`, ...faultLines(fault ?? undefined, meaning), ...fix];
}

const stamp = (microseconds: number | null): string =>
  microseconds === null ? '          -' : `${(microseconds / 1000).toFixed(3).padStart(8)} ms`;
