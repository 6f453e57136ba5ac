// Runs as a user of sudo inside of a mount namespace: spoils this machine's own store in one way after the other, and
// notes the row that each gets. The assertions are in faults.test.ts.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { realWorld } from '../../../src/platform/world.ts';
import {
  installTrust,
  journalledRoots,
  planScript,
  planTrust,
  trustStatus,
} from '../../../src/truststore/trust.ts';
import { buildTrustAnchor, type TrustAction } from '../../../src/truststore/trust-anchor.ts';

export interface FaultInput {
  readonly certificate: string;
}

export interface FaultRow {
  readonly status: string;
  readonly detail: string;
  readonly fix: string;
  readonly code: string | undefined;
}

export type FaultResult = Readonly<Record<Fault, FaultRow>> & {
  readonly restored: FaultRow;
  /** What the printed plans make of it, given to the shell of a user who has sudo. */
  readonly pasted: FaultRow;
  readonly pastedBack: FaultRow;
  readonly leftFile: boolean;
  readonly journalled: number;
};

export type Fault = keyof typeof FAULTS;

const ANCHORS = '/usr/local/share/ca-certificates';
const BUNDLE = '/etc/ssl/certs/ca-certificates.crt';
const TOOL = '/usr/sbin/update-ca-certificates';

/** What root does to the machine, how it is taken back, and whether it shows when it is looked at or when it is changed. */
const FAULTS = {
  'read-only': {
    spoil: `mount --bind ${ANCHORS} ${ANCHORS} && mount -o remount,ro,bind ${ANCHORS}`,
    mend: `umount ${ANCHORS}`,
    install: true,
  },
  'nobody-at-the-terminal': { spoil: ':', mend: ':', install: true },
  unreadable: { spoil: `chmod 0700 ${ANCHORS}`, mend: `chmod 0755 ${ANCHORS}`, install: false },
  'empty-bundle': {
    spoil: `cp ${BUNDLE} /mnt/bundle && cp /dev/null ${BUNDLE}`,
    mend: `cp /mnt/bundle ${BUNDLE}`,
    install: false,
  },
  'bundle-of-nowhere': {
    spoil: `mv ${BUNDLE} /mnt/bundle && ln -s /nowhere ${BUNDLE}`,
    mend: `mv -f /mnt/bundle ${BUNDLE}`,
    install: false,
  },
  'broken-tool': {
    spoil: `printf '#!/bin/sh\\necho "out of luck" >&2\\nexit 3\\n' > /mnt/tool && chmod 0755 /mnt/tool && mount --bind /mnt/tool ${TOOL}`,
    mend: `umount ${TOOL}`,
    install: true,
  },
} as const;

const input = JSON.parse(await text(process.stdin)) as FaultInput;
const anchor = buildTrustAnchor(
  new Uint8Array(Buffer.from(input.certificate, 'base64')),
  'devca root alice@host 1',
);
const options = { stores: ['system'] };
const real = realWorld();
const atTerminal = { ...real, terminal: { ...real.terminal, canAsk: true } };
const asRoot = (script: string): void => {
  execFileSync('sudo', ['-n', 'sh', '-e', '-c', script], { stdio: ['ignore', 'ignore', 'inherit'] });
};

const rows: Partial<Record<Fault, FaultRow>> = {};
for (const [name, { spoil, mend, install }] of Object.entries(FAULTS)) {
  asRoot(spoil);
  rows[name as Fault] = await look(install, name === 'nobody-at-the-terminal' ? real : atTerminal);
  asRoot(mend);
}
const leftFile = existsSync(join(ANCHORS, `devca-${anchor.sha256.slice(0, 16)}.crt`));
const journalled = (await journalledRoots(real)).length;
const restored = await look(false, real);
const pasted = await paste('install');
const pastedBack = await paste('uninstall');
process.stdout.write(JSON.stringify({ ...rows, restored, pasted, pastedBack, leftFile, journalled }));

async function paste(action: TrustAction): Promise<FaultRow> {
  const script = planScript(await planTrust(action, anchor, options, real), real);
  execFileSync('sh', [], { input: script, stdio: ['pipe', 'ignore', 'inherit'] });
  return look(false, real);
}

async function look(install: boolean, world: typeof real): Promise<FaultRow> {
  if (!install) {
    const [row] = await trustStatus(anchor, options, world);
    return {
      status: row?.status ?? 'no row',
      detail: row?.detail ?? '',
      fix: row?.fix ?? '',
      code: undefined,
    };
  }
  const [row] = await installTrust(anchor, options, world);
  return {
    status: row?.status ?? 'no row',
    detail: row?.detail ?? '',
    fix: row?.fix ?? '',
    code: row?.error?.code,
  };
}
