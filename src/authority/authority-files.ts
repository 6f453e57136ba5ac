import { join } from 'node:path';
import type { Inventory } from '../inventory/database.ts';
import type { DeliveryOwner } from '../inventory/deliveries.ts';
import { encodePem } from '../pki/pem.ts';
import type { World } from '../platform/world.ts';
import { deliver, type FileToDeliver } from './delivery.ts';
import { certificateFolder } from './home.ts';
import type { Authority } from './open-authority.ts';

/** Where the public files of an authority are, by what they hold. */
export function authorityFiles(home: string): { root: string; intermediate: string; crl: string } {
  const folder = certificateFolder(home);
  return {
    root: join(folder, 'root.pem'),
    intermediate: join(folder, 'intermediate.pem'),
    crl: join(folder, 'crl.pem'),
  };
}

/** A public file of an authority, ready to be delivered. */
export function publicFile(
  which: 'root' | 'intermediate' | 'crl',
  der: Uint8Array,
  home: string,
): FileToDeliver {
  const label = which === 'crl' ? 'X509 CRL' : 'CERTIFICATE';
  const bytes = Buffer.from(encodePem(label, der), 'latin1');
  return { path: authorityFiles(home)[which], format: which, mode: 0o644, bytes };
}

/** Writes public files that are gone once more, from the inventory. Must run within `changeInventory`. Returns their paths. */
export function restoreFiles(authority: Authority, inventory: Inventory, world: World): readonly string[] {
  const { home, root, intermediate } = authority;
  const crl = inventory.crls.latest(root.record.id);
  const kept: readonly { owner: DeliveryOwner; file: FileToDeliver }[] = [
    ...[root, intermediate].map(({ record, certificate }, index) => ({
      owner: { table: 'certificates', id: record.id } as const,
      file: publicFile(index === 0 ? 'root' : 'intermediate', certificate.der, home),
    })),
    ...(crl === undefined
      ? []
      : [{ owner: { table: 'crls', id: crl.id } as const, file: publicFile('crl', crl.der, home) }]),
  ];
  const missing = kept.filter(({ file }) => world.files.status(file.path) === undefined);
  if (missing.length === 0) return [];
  const paths = missing.map(({ file }) => file.path);
  const confirm = () => {
    inventory.events.append({ kind: 'files-restored', at: world.clock.now(), details: { paths } });
  };
  const record = () => missing.map(({ owner, file }) => ({ owner, files: [file] }));
  deliver({ record, confirm }, inventory, world);
  return paths;
}
