import type { CommandContext } from '../cli/command.ts';
import { describeSpan } from '../cli/duration.ts';
import { formatFields } from '../cli/table.ts';
import { describeScope } from '../lifecycle/root-scope.ts';
import { describeAddress, type MachineAddress } from '../server/lan-address.ts';
import { fingerprintLines, type ServedRoot } from '../server/served-root.ts';
import { canShowQr, qrModules, qrText } from './qr-code.ts';

export interface Serving {
  readonly url: string;
  /** `undefined` on loopback. */
  readonly place: MachineAddress | undefined;
  readonly until: Date;
  readonly minutes: number;
  readonly roots: readonly ServedRoot[];
}

/** For scripts, before the first request is answered. */
export function servingDocument({ url, place, until, roots }: Serving): object {
  return {
    url,
    address: place?.address ?? '127.0.0.1',
    interface: place?.network ?? null,
    until: until.toISOString(),
    roots: roots.map(({ name, sha256, notBefore, notAfter, scope }) => ({
      name,
      sha256,
      notBefore: notBefore.toISOString(),
      notAfter: notAfter.toISOString(),
      permitted: scope?.names ?? null,
    })),
  };
}

/** For people: where the page is, what to compare there, and for how long. */
export function servingText(serving: Serving, wantsQr: boolean, context: CommandContext): string {
  const { url, place, minutes, roots } = serving;
  const { output } = context;
  const where =
    place === undefined
      ? 'on this machine only; "--lan" shows it to phones'
      : `${describeAddress(place)}, to everybody in that network who has the URL`;
  const code = wantsQr && place !== undefined ? qrCode(url, context) : undefined;
  const missing = wantsQr && place !== undefined && code === undefined ? tooNarrow(url, context) : undefined;
  const text = [
    `a page with the ${roots.length === 1 ? 'root' : 'roots'} to trust:\n${output.style('bold', url)}`,
    ...(code === undefined ? [] : [code]),
    ...(missing === undefined ? [] : [missing]),
    formatFields([
      ['where', where],
      ['ends', `in ${minutes < 1 ? 'less than a minute' : describeSpan(minutes * 60_000)}, or with Ctrl-C`],
    ]),
    ...roots.map((root) => rootText(root, context)),
    'whoever opens the page compares its fingerprint with this one: plain HTTP proves nothing',
  ];
  return text.join('\n\n');
}

function qrCode(url: string, { world, output }: CommandContext): string | undefined {
  const modules = qrModules(url);
  return canShowQr(modules.length, world) ? qrText(modules, output.colour) : undefined;
}

/** Why a terminal shows no code, where making it wider would help. */
function tooNarrow(url: string, { world }: CommandContext): string | undefined {
  const { length } = qrModules(url);
  const { columns } = world.terminal;
  const wide = { ...world, terminal: { ...world.terminal, columns: length, stdoutIsTerminal: true } };
  if (!world.terminal.stdoutIsTerminal || columns >= length || !canShowQr(length, wide)) return undefined;
  return `no QR code is shown: it is ${length} columns wide, and this terminal has ${columns}`;
}

function rootText({ name, sha256, notAfter, scope }: ServedRoot, { output }: CommandContext): string {
  const fields = formatFields([
    ['root', name],
    ['ends', notAfter.toISOString().slice(0, 10)],
    ['may sign for', describeScope(scope)],
  ]);
  const lines = fingerprintLines(sha256).map((groups) => `  ${output.style('bold', groups.join(' '))}`);
  return `${fields}\nSHA-256\n${lines.join('\n')}`;
}
