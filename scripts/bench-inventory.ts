import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { NewCertificate } from '../src/inventory/certificates.ts';
import { type Inventory, inventoryPath, openInventory } from '../src/inventory/database.ts';
import { realWorld } from '../src/platform/world.ts';
import { devca, type Launcher } from './bench-processes.ts';
import { type BenchRow, benchRow } from './bench-row.ts';

const SMALL = 1_000;
const LARGE = 200_000;
const EXPIRING = 20;
const DAY = 86_400_000;

/** Commands in an inventory of 200,000 certificates against the same in one of 1,000. */
export function benchInventory(scratch: string, launch: Launcher, runs: number): readonly BenchRow[] {
  const homeOf = (size: number): string => join(scratch, `inventory-${size}`);
  for (const size of [SMALL, LARGE]) {
    launch.time(devca('init', '--no-trust', '--home', homeOf(size)));
    fill(homeOf(size), size);
  }
  const commands = [
    ['list', '--expiring', '30d'],
    ['list', '--limit', '50'],
    ['show', 'host-7.test'],
    ['issue', 'localhost'],
  ];
  return commands.map((command) => {
    const [large, small] = [LARGE, SMALL].map((size) => devca(...command, '--home', homeOf(size)));
    if (large === undefined || small === undefined) throw new Error('there are two sizes');
    return benchRow(
      { what: `devca ${command.join(' ')}, ${LARGE} rows`, against: `${SMALL} rows`, target: 1.5 },
      launch.pairs(large, small, runs),
    );
  });
}

/** Adds certificates with one delivered file each, as many of which expire soon whatever the size. */
function fill(home: string, size: number): void {
  const world = realWorld();
  const inventory = openInventory(inventoryPath(home), world);
  const authorityId = inventory.authorities.latest()?.id ?? 0;
  // All share one DER: the inventory is what is measured.
  const der = inventory.certificates.der(1) ?? new Uint8Array();
  const now = world.clock.now().getTime();
  const batch = 5_000;
  try {
    for (let start = 0; start < size; start += batch)
      inventory.transaction(() => {
        for (let index = start; index < Math.min(start + batch, size); index++) {
          const days = index % (size / EXPIRING) === 0 ? 10 : 60 + (index % 300);
          addRow(
            index,
            { authorityId, createdAt: new Date(now), notAfter: new Date(now + days * DAY), der },
            inventory,
          );
        }
      });
  } finally {
    inventory.close();
  }
}

function addRow(
  index: number,
  common: Pick<NewCertificate, 'authorityId' | 'createdAt' | 'notAfter' | 'der'>,
  { certificates, deliveries }: Inventory,
): void {
  const name = `host-${index}.test`;
  const id = certificates.insert({
    ...common,
    serialNumber: randomBytes(16).toString('hex'),
    issuerKey: 0x123_4567_89ab,
    sha256: randomBytes(32).toString('hex'),
    profile: 'server',
    subject: `CN=${name}`,
    names: [name, `www.${name}`],
    notBefore: common.createdAt,
    keyAlgorithm: 'ec-p256',
  });
  const owner = { table: 'certificates', id } as const;
  const delivery = deliveries.insert({
    owner,
    path: `/srv/${name}.pem`,
    temporaryPath: `/srv/.${name}.tmp`,
    newFolder: undefined,
    format: 'cert',
    mode: 0o644,
    sha256: randomBytes(32).toString('hex'),
    previous: { kind: 'absent' },
    createdAt: common.createdAt,
  });
  deliveries.markWritten([owner], [delivery]);
  deliveries.markDelivered([delivery]);
}
