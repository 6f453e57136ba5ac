import { openGenerations } from '../authority/generations.ts';
import { defineCommand } from '../cli/command.ts';
import { DevcaError } from '../errors/devca-error.ts';
import { bytesToHex } from '../pki/fingerprint.ts';
import { forTerminal } from '../platform/escape.ts';
import { homeOf } from '../platform/paths.ts';
import { describeAddress, isPublicAddress } from '../server/lan-address.ts';
import { startPageServer } from '../server/page-server.ts';
import { servedRoot } from '../server/served-root.ts';
import { trustSite } from '../server/trust-site.ts';
import { readPageTemplate } from './template-file.ts';
import { chooseAddress } from './trust-serve-address.ts';
import { type Ending, untilEnd } from './trust-serve-end.ts';
import { servingDocument, servingText } from './trust-serve-text.ts';

/** Long enough for a meeting room full of phones. */
const MOST_MINUTES = 60;
const DEFAULT_MINUTES = 10;

export const trustServeCommand = defineCommand({
  name: 'trust serve',
  summary: 'show a page with the root, for phones and other machines',
  details:
    'Serves a page with the root, its fingerprint and instructions for each system, at a path that nobody can guess, for ten minutes. It listens on loopback unless "--lan" is given, and then on one address of one interface. Plain HTTP, since a phone that does not have the root yet could not check a certificate: whoever installs it compares the fingerprint with the one that is printed here. The root alone is served; no key ever is.',
  positionals: {},
  flags: {
    lan: {
      type: 'string',
      optional: true,
      value: 'INTERFACE|ADDRESS',
      describe: 'listen where others can reach it: on this address, or the one of this interface',
    },
    port: { type: 'number', value: 'PORT', describe: 'listen on this port (default: one that is free)' },
    minutes: {
      type: 'string',
      value: 'N',
      describe: `stop after this time (default: ${DEFAULT_MINUTES}, at most ${MOST_MINUTES})`,
    },
    'no-qr': { type: 'boolean', describe: 'print no QR code' },
    authority: { type: 'string', value: 'NAME', describe: 'whose root (default: the default authority)' },
  },
  examples: [
    { command: 'devca trust serve --lan', does: 'for phones in the same network' },
    { command: 'devca trust serve --lan wlan0 --minutes 30', does: 'in this network, for half an hour' },
    { command: 'devca trust serve', does: 'for this machine alone: simulators, tunnels, a look' },
  ],
  async run({ flags }, context) {
    const { world, output } = context;
    const minutes = parseMinutes(flags.minutes);
    const port = parsePort(flags.port);
    const generations = openGenerations(homeOf(flags.home, world.system), world, flags.authority);
    const roots = generations.map(servedRoot);
    const template = readPageTemplate('trust', world);
    const place = flags.lan === undefined ? undefined : await chooseAddress(flags.lan, context);
    const path = `/${bytesToHex(world.random(16))}`;
    let fetched = 0;
    const server = await startPageServer({
      address: place?.address ?? '127.0.0.1',
      port,
      files: (origin) => trustSite({ roots, template, path, origin }),
      onServed: (label, to) => {
        fetched++;
        output.note(`${world.clock.now().toISOString()} ${forTerminal(`${to} took ${label}`)}`);
      },
    });
    try {
      const until = new Date(world.clock.now().getTime() + minutes * 60_000);
      if (place !== undefined && isPublicAddress(place.address))
        output.warn(
          `${describeAddress(place)} is an address of the Internet: others than your network may reach it`,
        );
      if (roots.some(({ scope }) => scope === undefined))
        output.warn(
          'a root without a constraint may sign for every name: offer it to nobody who does not know that',
        );
      const serving = { url: `${server.origin}${path}`, place, until, minutes, roots };
      output.result(servingDocument(serving), () => servingText(serving, !flags['no-qr'], context));
      const ending = await untilEnd(until, world);
      output.note(farewell(ending, fetched));
      return ending === 'SIGINT' ? 130 : 0;
    } finally {
      await server.close();
    }
  },
});

function farewell(ending: Ending, fetched: number): string {
  const why = ending === 'time' ? 'the time is over' : `ended by ${ending}`;
  return `${why}: the page is gone${fetched === 0 ? ', and nobody has opened it' : ''}`;
}

function parseMinutes(text: string | undefined): number {
  const minutes = Number(text ?? DEFAULT_MINUTES);
  if (text === undefined || (/^\d{1,3}(\.\d{1,4})?$/.test(text) && minutes > 0 && minutes <= MOST_MINUTES))
    return minutes;
  const expected = `more than 0 and at most ${MOST_MINUTES}`;
  throw new DevcaError('DEVCA_USAGE_VALUE', {
    command: 'trust serve',
    flag: '--minutes',
    value: text,
    expected,
  });
}

function parsePort(port: number | undefined): number {
  if (port === undefined || (port >= 1 && port <= 65_535)) return port ?? 0;
  const expected = 'a port from 1 to 65535';
  throw new DevcaError('DEVCA_USAGE_VALUE', {
    command: 'trust serve',
    flag: '--port',
    value: `${port}`,
    expected,
  });
}
