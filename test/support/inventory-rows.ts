import { createHash, randomBytes } from 'node:crypto';
import type { NewAuthority } from '../../src/inventory/authorities.ts';
import type { NewCertificate } from '../../src/inventory/certificates.ts';
import type { Inventory } from '../../src/inventory/database.ts';
import type { NewDelivery } from '../../src/inventory/deliveries.ts';

/** An authority row with nothing special about it. */
export function anAuthority(changes: Partial<NewAuthority> = {}): NewAuthority {
  return {
    name: 'default',
    generation: 1,
    keyType: 'ec-p256',
    permitted: ['localhost', 'test'],
    rootKey: { keystore: 'discard', id: undefined, check: undefined },
    intermediateKey: { keystore: 'file', id: 'intermediate-1', check: 'abcd' },
    settings: { trustDomain: 'dev.internal' },
    createdAt: new Date('2026-01-01T00:00:00Z'),
    ...changes,
  };
}

/** A certificate row for `localhost`, valid in 2026; serial number and fingerprint are random. */
export function aCertificate(authorityId: number, changes: Partial<NewCertificate> = {}): NewCertificate {
  return {
    authorityId,
    serialNumber: randomBytes(16).toString('hex'),
    issuerKey: 1,
    sha256: randomBytes(32).toString('hex'),
    profile: 'server',
    subject: 'CN=localhost',
    names: ['localhost', '127.0.0.1'],
    notBefore: new Date('2026-01-01T00:00:00Z'),
    notAfter: new Date('2026-12-31T23:59:59Z'),
    keyAlgorithm: 'ec-p256',
    createdAt: new Date('2026-01-01T00:00:00Z'),
    der: randomBytes(40),
    ...changes,
  };
}

/** A delivery row of a file that was not there before. */
export function aDelivery(certificateId: number, changes: Partial<NewDelivery> = {}): NewDelivery {
  return {
    owner: { table: 'certificates', id: certificateId },
    path: '/srv/localhost.pem',
    temporaryPath: '/srv/.devca-0011223344556677.tmp',
    newFolder: undefined,
    format: 'cert',
    mode: 0o644,
    sha256: createHash('sha256').update('certificate').digest('hex'),
    previous: { kind: 'absent' },
    createdAt: new Date('2026-01-01T00:00:00Z'),
    ...changes,
  };
}

/** An authority that is in place; gives its id. */
export function addAuthority(inventory: Inventory, changes: Partial<NewAuthority> = {}): number {
  return inventory.transaction(() => {
    const id = inventory.authorities.insert(anAuthority(changes));
    finish(inventory, { table: 'authorities', id });
    return id;
  });
}

/** A certificate that is in place; gives its id. */
export function addCertificate(
  inventory: Inventory,
  authorityId: number,
  changes: Partial<NewCertificate> = {},
): number {
  return inventory.transaction(() => {
    const id = inventory.certificates.insert(aCertificate(authorityId, changes));
    finish(inventory, { table: 'certificates', id });
    return id;
  });
}

function finish(inventory: Inventory, owner: NewDelivery['owner']): void {
  inventory.deliveries.markWritten([owner], []);
  inventory.deliveries.markDelivered([]);
}
