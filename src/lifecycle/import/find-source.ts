import { resolve } from 'node:path';
import { DevcaError } from '../../errors/devca-error.ts';
import { shellWord } from '../../errors/shell-word.ts';
import type { World } from '../../platform/world.ts';
import { caddy } from './caddy.ts';
import { easyRsa } from './easy-rsa.ts';
import { mkcert } from './mkcert.ts';
import type { Source, SourceFamily, SourceIssuer, SourceKind } from './source.ts';
import { step } from './step.ts';

const FAMILIES: readonly SourceFamily[] = [mkcert, caddy, step, easyRsa];

/** What is to be imported, as far as somebody has said so. Paths are relative to the working folder. */
export interface SourceRequest {
  /** A folder, or a file with a certificate and its key. Default: where the sources keep their authorities. */
  readonly path?: string;
  /** Default: what it looks like. */
  readonly kind?: SourceKind;
  readonly cert?: string;
  readonly key?: string;
  readonly intermediate?: string;
  readonly intermediateKey?: string;
  /** What devca calls it, which commands that are suggested have to say again. */
  readonly name?: string;
  /** The flag of the home, likewise; empty for the default one. */
  readonly homeFlag?: string;
}

/**
 * `isPresent` tells what is in the inventory already: of several, only what is not is to be imported.
 * Throws DEVCA_IMPORT_NOT_FOUND, DEVCA_IMPORT_WHICH, DEVCA_IMPORT_UNRECOGNISED.
 */
export function findSource(
  request: SourceRequest,
  world: World,
  isPresent: (source: Source) => boolean = () => false,
): Source {
  const { path, kind, cert } = request;
  if (cert !== undefined) return plainSource({ ...request, cert }, world);
  const families = FAMILIES.filter((family) => kind === undefined || family.kind === kind);
  if (path !== undefined) return sourceAt(path, families, kind, world);
  const places = families.flatMap((family) =>
    family.places(world.system).map((place) => ({ family, place })),
  );
  const found = places.flatMap(({ family, place }) => family.find(place, world) ?? []);
  const absent = found.length > 1 ? found.filter((source) => !isPresent(source)) : found;
  // Where all are there already, the one that is taken says so.
  const [first = found[0], ...others] = absent;
  if (first === undefined)
    throw new DevcaError('DEVCA_IMPORT_NOT_FOUND', { looked: places.map(({ place }) => place) });
  if (others.length > 0)
    throw new DevcaError('DEVCA_IMPORT_WHICH', {
      found: absent.map((each) => ({ kind: each.kind, path: each.path })),
      flags: `${request.homeFlag ?? ''}${request.name === undefined ? '' : ` --name ${shellWord(request.name)}`}`,
    });
  return first;
}

function sourceAt(
  path: string,
  families: readonly SourceFamily[],
  kind: SourceKind | undefined,
  world: World,
): Source {
  const at = resolve(world.system.workingFolder, path);
  const status = world.files.statusOfTarget(at);
  if (status === undefined) throw new DevcaError('DEVCA_FILE_NOT_FOUND', { path: at });
  if (status.kind !== 'folder' && (kind === undefined || kind === 'pem'))
    return plainSource({ cert: path, key: path }, world);
  const found = families.flatMap((family) => family.find(at, world) ?? [])[0];
  if (found !== undefined) return found;
  throw new DevcaError('DEVCA_IMPORT_UNRECOGNISED', { path: at, kind });
}

function plainSource(
  { cert, key, intermediate, intermediateKey }: SourceRequest & { readonly cert: string },
  { system }: World,
): Source {
  const at = (path: string) => resolve(system.workingFolder, path);
  const issuer = (certFile: string, keyFile: string | undefined): SourceIssuer => ({
    cert: at(certFile),
    key: keyFile === undefined ? undefined : at(keyFile),
  });
  return {
    kind: 'pem',
    path: at(cert),
    root: issuer(cert, key),
    intermediate: intermediate === undefined ? undefined : issuer(intermediate, intermediateKey),
    leftBehind: [
      'there is no list of what it has issued: such certificates go on working, but devca cannot list, renew or revoke them',
    ],
    livesOn: false,
  };
}

export const sourceTitle = (kind: SourceKind): string =>
  FAMILIES.find((family) => family.kind === kind)?.title ?? 'PEM files';
