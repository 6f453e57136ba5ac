import { resolve } from 'node:path';
import { type CommandStatus, defineCommand } from '../cli/command.ts';
import { DevcaError } from '../errors/devca-error.ts';
import type { World } from '../platform/world.ts';
import { encodeCapture } from '../wire/capture-writer.ts';
import { type Inspection, inspect } from '../wire/inspect-handshake.ts';
import { measureCost } from '../wire/measure-cost.ts';
import { keyLogOf } from '../wire/recording.ts';
import { scanServer } from '../wire/scan-server.ts';
import { STARTTLS_PROTOCOLS } from '../wire/starttls.ts';
import { costText, scanText } from './handshake-cost-text.ts';
import { curlText } from './handshake-curl-text.ts';
import { between, listen, read } from './handshake-modes.ts';
import { writeHandshakePage } from './handshake-page.ts';
import { inspectOptions, TLS_CHOICES } from './handshake-settings.ts';
import { handshakeText } from './handshake-text.ts';

export const handshakeCommand = defineCommand({
  name: 'handshake',
  summary: 'show what happens on the wire when TLS is negotiated',
  details:
    'Makes one handshake with a server and shows it message by message in three phases: hello and cipher suite, certificates and authentication, key exchange and Finished, with times, what was offered and chosen, the chain as it is served and whether it is valid, and why it failed if it did. An asterisk marks messages that were encrypted on the wire.',
  positionals: {
    target: {
      describe: 'HOST, HOST:PORT, [IPv6]:PORT or https:// address; with --between the server certificate',
    },
    other: { describe: 'with --between: the client certificate' },
  },
  flags: {
    servername: { type: 'string', value: 'NAME', describe: 'the name to ask for (SNI); empty for none' },
    connect: { type: 'string', value: 'HOST:PORT', describe: 'connect there instead' },
    starttls: {
      type: 'string',
      choices: STARTTLS_PROTOCOLS,
      describe: 'begin in this protocol, then go over to TLS',
    },
    proxy: { type: 'string', value: 'HOST:PORT', describe: 'through an HTTP proxy' },
    cert: {
      type: 'string',
      value: 'FILE',
      describe: 'a client certificate with its chain, or a name of the inventory',
    },
    key: { type: 'string', value: 'FILE', describe: 'its private key' },
    authority: {
      type: 'string',
      value: 'NAME',
      describe: 'of names of the inventory, only certificates of this authority',
    },
    roots: {
      type: 'string',
      value: 'devca|system|all|FILE',
      describe: "roots to verify with (default: the authority's, then the system's)",
    },
    tls: { type: 'string', choices: TLS_CHOICES, describe: 'this version only' },
    alpn: {
      type: 'string',
      value: 'LIST',
      describe: 'application protocols to offer (default: h2,http/1.1)',
    },
    ciphers: { type: 'string', value: 'LIST', describe: "cipher suites to offer, in OpenSSL's notation" },
    groups: { type: 'string', value: 'LIST', describe: 'groups to offer, such as X25519:P-256' },
    sigalgs: { type: 'string', value: 'LIST', describe: 'signature algorithms to offer' },
    timeout: { type: 'number', value: 'MS', describe: 'how long each step may take (default: 10000)' },
    repeat: { type: 'number', value: 'N', describe: 'measure N full and N resumed handshakes' },
    resume: { type: 'boolean', describe: 'make a second handshake that resumes the first, and show that' },
    scan: { type: 'boolean', describe: 'find out what the server accepts, by at most 250 connections' },
    listen: {
      type: 'number',
      value: 'PORT',
      describe: 'be the server (with --cert and --key) and examine who connects',
    },
    'require-client-cert': {
      type: 'boolean',
      describe: 'with --listen: refuse clients without a certificate',
    },
    count: { type: 'number', value: 'N', describe: 'with --listen: end after N handshakes' },
    between: {
      type: 'boolean',
      describe: 'a handshake of two certificates with each other, seen from both ends',
    },
    read: {
      type: 'string',
      value: 'FILE',
      describe: 'explain a capture (pcapng or pcap) instead of connecting',
    },
    pcapng: {
      type: 'string',
      value: 'FILE',
      describe: 'write a capture with the secrets inside, for Wireshark',
    },
    keylog: {
      type: 'string',
      value: 'FILE',
      describe: 'write the secrets (with --read: take them from here)',
    },
    html: { type: 'string', value: 'FILE', describe: 'write a page that shows everything' },
    curl: { type: 'boolean', describe: 'print in the manner of curl -v' },
    verbose: { type: 'boolean', alias: 'v', describe: 'show every field of every message' },
  },
  examples: [
    { command: 'devca handshake localhost:8443', does: 'show one handshake' },
    {
      command: 'devca handshake localhost:8443 --cert alice --tls 1.2',
      does: 'with a client certificate of the inventory',
    },
    { command: 'devca handshake localhost:5432 --starttls postgres', does: 'a database' },
    {
      command: 'devca handshake localhost:8443 --repeat 50',
      does: 'what handshakes cost, and what resumption saves',
    },
    {
      command: 'devca handshake localhost:8443 --pcapng tls.pcapng',
      does: 'a capture that Wireshark opens decrypted',
    },
    {
      command: 'devca handshake --listen 9443 --cert localhost',
      does: 'examine a browser or another client',
    },
    { command: 'devca handshake --between localhost alice', does: 'both ends on one clock' },
  ],
  async run({ flags, positionals: { target, other } }, { world, output }) {
    const context = { flags, world, output };
    if (flags.read !== undefined) return read(flags.read, flags.keylog, context);
    if (flags.listen !== undefined) {
      const options = { requireClientCertificate: flags['require-client-cert'], count: flags.count };
      return listen(flags.listen, options, context);
    }
    if (target === undefined) throw usage('give HOST:PORT, or one of "--listen", "--between" and "--read"');
    if (flags.between) {
      if (other === undefined)
        throw usage('"--between" needs the server certificate and the client certificate');
      return between(target, other, context);
    }
    const options = inspectOptions(flags, world);
    if (flags.scan) {
      const scan = await scanServer(target, options, world);
      output.result(scan, () => scanText(scan, output));
      return scan.grade === 'F' ? 4 : 0;
    }
    if (flags.repeat !== undefined) {
      const cost = await measureCost(target, options, flags.repeat, world);
      output.result({ target, ...cost }, () => costText(cost, output));
      return cost.full === null ? 4 : 0;
    }
    const first = await inspect(target, options, world);
    const { session } = first.observation;
    const inspection =
      flags.resume && session !== undefined ? await inspect(target, { ...options, session }, world) : first;
    if (flags.resume && session === undefined)
      output.warn('the server gave out no session to resume: this is the first handshake');
    writeFiles(inspection, flags, world);
    const { report } = inspection;
    output.result(report, () =>
      flags.curl ? curlText(report) : handshakeText(report, flags.verbose, output),
    );
    return statusOf(inspection);
  },
});

const usage = (detail: string) => new DevcaError('DEVCA_USAGE_INVALID', { command: 'handshake', detail });

function statusOf({ report }: Inspection): CommandStatus {
  return report.established && report.verification.valid !== false ? 0 : 4;
}

interface OutputFlags {
  readonly pcapng: string | undefined;
  readonly keylog: string | undefined;
  readonly html: string | undefined;
}

/** The secrets open the recorded connection to whoever has them, so those files are the owner's alone. */
function writeFiles({ observation, report }: Inspection, flags: OutputFlags, world: World): void {
  const path = (name: string): string => resolve(world.system.workingFolder, name);
  const { connection, startedAt, recording } = observation;
  if (flags.pcapng !== undefined) {
    const capture = encodeCapture([
      { client: connection.local, server: connection.address, startedAt, recording },
    ]);
    world.files.createExclusive(path(flags.pcapng), capture, 0o600);
  }
  if (flags.keylog !== undefined)
    world.files.append(path(flags.keylog), Buffer.from(keyLogOf(recording).toText()), 0o600);
  if (flags.html !== undefined) writeHandshakePage(path(flags.html), report, world);
}
