import { extname, resolve } from 'node:path';
import { DevcaError, isDevcaError } from '../errors/devca-error.ts';
import type { Inventory } from '../inventory/database.ts';
import { meantCertificates } from '../inventory/meant-certificates.ts';
import type { World } from '../platform/world.ts';
import type { ReferenceName } from '../validation/request.ts';
import { readFolder } from './folder.ts';
import type { Reading, Unreadable } from './presented.ts';
import { readDelivered } from './read-delivered.ts';
import { LARGEST_FILE, readBytesTarget, readFileTarget } from './read-file.ts';
import { readServer } from './read-server.ts';

export interface TargetContext {
  readonly home: string;
  /** Undefined where there is none, so that files can be verified without an authority. */
  readonly inventory: Inventory | undefined;
  /** Whose certificate a name of the inventory means; anyone's where it is left out. */
  readonly authority?: { readonly name: string; readonly generationIds: readonly number[] } | undefined;
  readonly password: string | undefined;
  /** The names of the command line. */
  readonly names: readonly ReferenceName[];
}

/**
 * Finds out what a target is and reads it: `-`, then a file or folder that is there, then HOST:PORT, then a name of
 * the inventory. What cannot be read is a row of its own, so that other targets are still verified.
 */
export async function readTarget(target: string, context: TargetContext, world: World): Promise<Reading> {
  try {
    return await read(target, context, world);
  } catch (error) {
    if (!isDevcaError(error)) throw error;
    const file = isPath(target) ? { file: target } : {};
    return {
      subjects: [],
      unreadable: [{ target, ...file, error: withServerHint(error, target) }],
      leftOut: [],
    };
  }
}

async function read(target: string, context: TargetContext, world: World): Promise<Reading> {
  const { inventory, authority, password } = context;
  const authorityIds = authority?.generationIds;
  if (target === '-') return readBytesTarget('-', await world.terminal.readInput(), password);
  const path = resolve(world.system.workingFolder, target);
  const status = world.files.statusOfTarget(path);
  if (status?.kind === 'folder') return readFolder(target, password, world);
  if (status !== undefined) {
    const bytes = world.files.readNamed(path, LARGEST_FILE);
    return readFileTarget(target, { path, bytes }, password, world);
  }
  if (isServer(target)) return readServer(target, context.names, world);
  const [record] = inventory === undefined ? [] : meantCertificates(target, inventory, { authorityIds });
  if (record !== undefined && inventory !== undefined) return readDelivered(target, record, inventory, world);
  if (isPath(target)) throw new DevcaError('DEVCA_FILE_NOT_FOUND', { path: target });
  if (inventory === undefined) throw new DevcaError('DEVCA_AUTHORITY_MISSING', { home: context.home });
  throw new DevcaError('DEVCA_INVENTORY_UNKNOWN', { what: target, authority: authority?.name });
}

/** Whoever gives the name of a host alone may mean the server there. */
function withServerHint(error: DevcaError, target: string): Unreadable['error'] {
  const { code, message, hints, exitStatus } = error;
  const isHost = code === 'DEVCA_INVENTORY_UNKNOWN' && /^[a-z0-9-]+(\.[a-z0-9-]+)*$/i.test(target);
  return isHost
    ? {
        code,
        message,
        exitStatus,
        hints: [...hints, `or give "${target}:443" to verify what a server shows`],
      }
    : error;
}

/** HOST:PORT, [IPv6]:PORT or an address with a scheme that has TLS. */
const isServer = (target: string): boolean =>
  /^(https|wss|tls):\/\//i.test(target) || /^(\[[^\]]+\]|[^:/\\\s]+):\d{1,5}$/.test(target);

/** Reads as a path where nothing of that name is in the inventory. */
const isPath = (target: string): boolean =>
  /[/\\]/.test(target) ||
  /^\.(pem|crt|cer|cert|der|p7b|p7c|p12|pfx|jks|ya?ml|json|key)$/i.test(extname(target));
