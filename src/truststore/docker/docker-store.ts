import { isDevcaError } from '../../errors/devca-error.ts';
import { sha256Hex } from '../../pki/fingerprint.ts';
import { decodePem } from '../../pki/pem.ts';
import { forShell } from '../../platform/escape.ts';
import { pathsOf } from '../../platform/paths.ts';
import { findRoots } from '../found-roots.ts';
import { asRoot } from '../package-hint.ts';
import type { TrustSession } from '../session.ts';
import type { Step } from '../step.ts';
import type { StoreEntry } from '../store-examination.ts';
import { anchorFileName, anchorPem, type TrustAnchor } from '../trust-anchor.ts';
import type { PlanRequest, StoreFamily, StorePlan, StoreStatus, TrustStore } from '../trust-store.ts';
import { unsupportedStore } from '../unsupported-store.ts';
import {
  DESKTOP,
  folderName,
  isRegistry,
  type RegistriesFolder,
  registriesFolders,
} from './docker-folders.ts';
import { mayVouchFor } from './permitted-host.ts';

/**
 * What Docker and Podman trust for one registry, beside the system's roots: every `.crt` file in the folder with its
 * name. A registry without a folder has to be named, as `docker:HOST:PORT`.
 */
export const dockerFamily: StoreFamily = {
  kind: 'docker',
  detect: async (session, named) => {
    const stores = registriesFolders(session).flatMap((folder) =>
      foldersIn(folder.path, session).map((name) => registryStore(folder, name, session)),
    );
    return stores.length > 0 || !named ? stores : [nameless('docker')];
  },
  at: (path, session) => {
    const { basename, dirname } = pathsOf(session.world.system);
    if (basename(path) === 'certs.d') return nameless(`docker:${path}`);
    const known = registriesFolders(session).find((folder) => folder.path === dirname(path));
    // Whoever names a place that no engine is known to read does there what they may, and root nothing.
    const parent = known ?? { path: dirname(path), engine: 'registry', needsRoot: false };
    return registryStore(parent, basename(path), session);
  },
  named: (name, session) => {
    const [folder] = registriesFolders(session);
    if (folder === undefined || !isRegistry(name)) return undefined;
    return registryStore(folder, folderName(name, session.world.system.platform), session);
  },
};

const nameless = (id: string): TrustStore =>
  unsupportedStore({
    id,
    name: 'registries of Docker and Podman',
    detail: 'trust there belongs to one registry, which has to be named',
    fix: 'devca trust install --store docker:localhost:5000',
  });

function foldersIn(path: string, session: TrustSession): readonly string[] {
  const { files } = session.world;
  const { join } = pathsOf(session.world.system);
  if (files.statusOfTarget(path)?.kind !== 'folder') return [];
  return files.list(path).filter((name) => files.statusOfTarget(join(path, name))?.kind === 'folder');
}

/** A registry's folder and devca's file in it. */
interface RegistryPlace {
  readonly id: string;
  readonly registry: string;
  readonly folder: string;
  readonly needsRoot: boolean;
}

function registryStore(parent: RegistriesFolder, registry: string, session: TrustSession): TrustStore {
  const folder = pathsOf(session.world.system).join(parent.path, registry);
  const place = { id: `docker:${folder}`, registry, folder, needsRoot: parent.needsRoot };
  return {
    id: place.id,
    name: `${parent.engine}, for ${registry}`,
    status: async (anchor, asked) => statusOf(anchor, place, asked),
    plan: async (request, asked) =>
      request.action === 'install'
        ? planInstall(request, place, asked)
        : planUninstall(request, place, asked),
    afterChange: () =>
      parent.engine === DESKTOP ? 'Docker Desktop sees the change when it is started again' : '',
    examine: async (asked) => ({ entries: entriesIn(place, asked), faults: [] }),
  };
}

function entriesIn({ folder, needsRoot }: RegistryPlace, session: TrustSession): readonly StoreEntry[] {
  const prefix = needsRoot ? [...asRoot(session.world), 'rm'] : ['rm'];
  return authorityFiles(folder, session).flatMap((path) =>
    decoded(path, session).map((certificate) => {
      return { certificate, place: path, remove: [...prefix, forShell(path)].join(' ') };
    }),
  );
}

function statusOf(anchor: TrustAnchor, place: RegistryPlace, session: TrustSession): StoreStatus {
  const { id, registry, folder } = place;
  const fix = `devca trust install --store ${forShell(id)}`;
  const { hasAnchor, others } = findRoots(certificatesIn(folder, session), anchor);
  if (hasAnchor) return { status: 'trusted', detail: folder, fix: '' };
  if (!mayVouchFor(registry, anchor)) {
    return { status: 'unsupported', detail: `the root may not vouch for ${registry}`, fix: '' };
  }
  const [other] = others;
  if (other === undefined) return { status: 'not-trusted', detail: `not in ${folder}`, fix };
  return { status: 'different-root', detail: `only "${other}" is in ${folder}`, fix };
}

const certificatesIn = (folder: string, session: TrustSession): readonly Uint8Array[] =>
  authorityFiles(folder, session).flatMap((path) => decoded(path, session));

/** Certificates of authorities end in `.crt` here; those in `.cert` are a client's own. */
function authorityFiles(folder: string, session: TrustSession): readonly string[] {
  const { files } = session.world;
  const { join } = pathsOf(session.world.system);
  if (files.statusOfTarget(folder)?.kind !== 'folder') return [];
  return files
    .list(folder)
    .filter((name) => name.endsWith('.crt'))
    .map((name) => join(folder, name));
}

/** A file that is no PEM text is nothing that the engines would read either. */
function decoded(path: string, session: TrustSession): readonly Uint8Array[] {
  try {
    return decodePem(textOf(path, session), path).map(({ der }) => der);
  } catch (error) {
    if (isDevcaError(error) && !error.code.startsWith('DEVCA_FILE_')) return [];
    throw error;
  }
}

const textOf = (path: string, session: TrustSession): string =>
  Buffer.from(session.world.files.readIfPresent(path) ?? []).toString('utf8');

const ownFile = (anchor: TrustAnchor, { folder }: RegistryPlace, session: TrustSession): string =>
  pathsOf(session.world.system).join(folder, `${anchorFileName(anchor)}.crt`);

function planInstall({ anchor }: PlanRequest, place: RegistryPlace, session: TrustSession): StorePlan {
  const { registry, folder, needsRoot } = place;
  if (!mayVouchFor(registry, anchor)) return { steps: [], before: {} };
  const present = session.world.files.statusOfTarget(folder) !== undefined;
  const path = ownFile(anchor, place, session);
  const make: Step = {
    kind: 'run',
    program: 'install',
    args: ['-d', '-m', '0755', folder],
    needsRoot,
    why: `make the folder for ${registry}`,
  };
  const write: Step = {
    kind: 'write',
    path,
    text: anchorPem(anchor),
    mode: 0o644,
    needsRoot,
    why: 'add the root',
  };
  return {
    before: { folder: present ? 'present' : 'absent' },
    // On Windows the folder comes with the file.
    steps: [...(present || session.world.system.platform === 'win32' ? [] : [make]), write],
  };
}

/** Exactly devca's own file, and the folder where devca made it and nothing else is in it. */
function planUninstall(
  { anchor, before, interrupted = false }: PlanRequest,
  place: RegistryPlace,
  session: TrustSession,
): StorePlan {
  const { folder, needsRoot } = place;
  const { files } = session.world;
  const path = ownFile(anchor, place, session);
  const text = textOf(path, session);
  // An empty file is the first that an install makes, and says of nobody else's that it is devca's.
  const isOwn = files.status(path) !== undefined && (text !== '' || interrupted) && isOwnText(text, anchor);
  const steps: Step[] = isOwn ? [{ kind: 'remove', path, needsRoot, why: 'remove the root' }] : [];
  const isEmpty =
    files.statusOfTarget(folder)?.kind === 'folder' &&
    files.list(folder).every((name) => isOwn && name === pathsOf(session.world.system).basename(path));
  if (isEmpty && before?.['folder'] === 'absent' && session.world.system.platform !== 'win32') {
    const why = 'remove the folder that devca made';
    steps.push({ kind: 'run', program: 'rmdir', args: [folder], needsRoot, why });
  }
  return { steps, before: before ?? {} };
}

/** The whole file, or as much of it as was written before devca was killed. */
function isOwnText(text: string, anchor: TrustAnchor): boolean {
  if (anchorPem(anchor).startsWith(text)) return true;
  try {
    const [block, ...more] = decodePem(text, 'registry');
    return more.length === 0 && block !== undefined && sha256Hex(block.der) === anchor.sha256;
  } catch {
    return false;
  }
}
