import { basename, join, relative, sep } from 'node:path';
import type { AuthorityRecord } from '../inventory/authorities.ts';
import type { Inventory } from '../inventory/database.ts';
import type { DeliveryOwner } from '../inventory/deliveries.ts';
import { keyFolder } from '../keystore/key-file.ts';
import { sha256Hex } from '../pki/fingerprint.ts';
import { encodePem } from '../pki/pem.ts';
import type { World } from '../platform/world.ts';
import { deliver, type FileToDeliver } from './delivery.ts';
import { sameStanding, standingAt } from './delivery-target.ts';
import { liveGenerations } from './generations.ts';
import { certificateFolder } from './home.ts';
import { type Authority, issuesFromRoot } from './open-authority.ts';

/** What of an authority's record says where its files are and which generation they are of. */
type FileOwner = Pick<AuthorityRecord, 'settings' | 'generation'>;

/** Where the public files of an authority's latest generation are, by what they hold. */
export interface AuthorityFiles {
  readonly root: string;
  readonly intermediate: string;
  /** The lists of every live generation, roots' lists included. */
  readonly crl: string;
  /** The roots of every live generation, latest first. */
  readonly roots: string;
}

export function authorityFiles(home: string, record?: Pick<AuthorityRecord, 'settings'>): AuthorityFiles {
  const folder = publicFolder(home, record?.settings ?? {});
  const path = (name: string) => join(folder, `${name}.pem`);
  return {
    root: path('root'),
    intermediate: path('intermediate'),
    crl: path('crl'),
    roots: path('roots'),
  };
}

/** Where a certificate of an authority is: the latest has the plain name, an earlier one its generation beside that. */
export function generationFile(
  which: 'root' | 'intermediate' | 'bridge',
  home: string,
  record: FileOwner,
  latest: number,
): string {
  const { generation, settings } = record;
  const suffix = generation === latest ? '' : `-${generation}`;
  return join(publicFolder(home, settings), `${which}${suffix}.pem`);
}

/**
 * Where a file is now that an authority once had at a path: its home may have been moved or copied as a whole since, and
 * takes its own files along. What was delivered elsewhere stays there.
 */
export function presentPath(
  delivered: string,
  { home, record }: { readonly home: string; readonly record: Pick<AuthorityRecord, 'settings'> },
): string {
  const name = basename(delivered);
  const own = [keyFolder(home), publicFolder(home, record.settings)].map((folder) => join(folder, name));
  return own.find((path) => delivered.endsWith(sep + relative(home, path))) ?? delivered;
}

/** A certificate or list whose row is in the inventory. */
export interface PublicItem {
  readonly id: number;
  readonly der: Uint8Array;
}

/** What one generation shows to the world. */
export interface PublicGeneration {
  readonly record: FileOwner;
  readonly root: PublicItem;
  /** `undefined` where the root issues. */
  readonly intermediate: PublicItem | undefined;
  /** The key of the next generation's intermediate, certified by this root. */
  readonly bridge?: PublicItem | undefined;
  /** The latest lists of the intermediate and of the root, as far as there are any. */
  readonly crls: readonly PublicItem[];
}

export interface OwnedFile {
  readonly owner: DeliveryOwner;
  readonly file: FileToDeliver;
}

/** A generation as the inventory has it. */
export function publicGeneration(authority: Authority, inventory: Inventory): PublicGeneration {
  const { record, root, issuer } = authority;
  const intermediate = issuesFromRoot(authority) ? undefined : issuer;
  const [bridge] = inventory.certificates.list({
    at: record.createdAt,
    authorityId: record.id,
    profile: 'bridge',
    limit: 1,
  });
  const bridgeDer = bridge === undefined ? undefined : inventory.certificates.der(bridge.id);
  return {
    record,
    root: { id: root.record.id, der: root.certificate.der },
    intermediate:
      intermediate === undefined
        ? undefined
        : { id: intermediate.record.id, der: intermediate.certificate.der },
    ...(bridge === undefined || bridgeDer === undefined ? {} : { bridge: { id: bridge.id, der: bridgeDer } }),
    crls: [...(intermediate === undefined ? [] : [intermediate]), root].flatMap(
      (each) => inventory.crls.latest(each.record.id) ?? [],
    ),
  };
}

/** Every public file of an authority, each with the row that it belongs to. The latest generation comes first. */
export function publicFiles(generations: readonly PublicGeneration[], home: string): readonly OwnedFile[] {
  const [latest] = generations;
  if (latest === undefined) return [];
  const place = (which: 'root' | 'intermediate' | 'bridge', record: FileOwner) =>
    generationFile(which, home, record, latest.record.generation);
  const certificates = generations.flatMap(({ record, root, intermediate, bridge }) => [
    certificateFile('root', root, place('root', record)),
    ...(intermediate === undefined
      ? []
      : [certificateFile('intermediate', intermediate, place('intermediate', record))]),
    ...(bridge === undefined
      ? []
      : [
          certificateFile(
            'bridge',
            bridge,
            place('bridge', { ...record, generation: record.generation + 1 }),
          ),
        ]),
  ]);
  const { roots } = authorityFiles(home, latest.record);
  const allRoots = generations.map(({ root }) => encodePem('CERTIFICATE', root.der)).join('');
  return [
    ...certificates,
    { owner: { table: 'certificates', id: latest.root.id }, file: pemFile('roots', roots, allRoots) },
    ...crlFile(generations, home),
  ];
}

/**
 * The file of lists: OpenSSL and all that stand on it (nginx, Apache, HAProxy, PostgreSQL) refuse every good client
 * unless they have one of each issuer on its path, the root included.
 */
export function crlFile(
  generations: readonly PublicGeneration[],
  home: string,
): readonly [OwnedFile] | readonly [] {
  const [latest] = generations;
  const [newest] = latest?.crls ?? [];
  if (latest === undefined || newest === undefined) return [];
  const path = authorityFiles(home, latest.record).crl;
  return [{ owner: { table: 'crls', id: newest.id }, file: pemFile('crl', path, crlBundle(generations)) }];
}

export const crlBundle = (generations: readonly PublicGeneration[]): string =>
  generations.flatMap(({ crls }) => crls.map(({ der }) => encodePem('X509 CRL', der))).join('');

/** Writes public files that are gone, or are not what they were, once more from the inventory. Must run within `changeInventory`. Returns their paths. */
export function restoreFiles(authority: Authority, inventory: Inventory, world: World): readonly string[] {
  const { home, record } = authority;
  const generations = liveGenerations(inventory, home, world, record.name).map((each) =>
    publicGeneration(each, inventory),
  );
  const wrong = publicFiles(generations, home).filter(
    ({ file: { path, bytes } }) =>
      !sameStanding(standingAt(path, world), { kind: 'file', sha256: sha256Hex(bytes) }),
  );
  if (wrong.length === 0) return [];
  const paths = wrong.map(({ file }) => file.path);
  const confirm = () => {
    inventory.events.append({ kind: 'files-restored', at: world.clock.now(), details: { paths } });
  };
  // What stands in the folder of an authority is devca's own.
  deliver({ record: () => deliveryUnits(wrong), confirm, force: true }, inventory, world);
  return paths;
}

export const deliveryUnits = (files: readonly OwnedFile[]) =>
  files.map(({ owner, file }) => ({ owner, files: [file] }));

function publicFolder(home: string, settings: AuthorityRecord['settings']): string {
  const folder = settings['folder'];
  return typeof folder === 'string' ? join(certificateFolder(home), folder) : certificateFolder(home);
}

const certificateFile = (format: string, { id, der }: PublicItem, path: string): OwnedFile => ({
  owner: { table: 'certificates', id },
  file: pemFile(format, path, encodePem('CERTIFICATE', der)),
});

function pemFile(format: string, path: string, text: string): FileToDeliver {
  return { path, format, mode: 0o644, bytes: Buffer.from(text, 'latin1'), ofHome: true };
}
