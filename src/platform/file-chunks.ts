import { closeSync, openSync, readSync } from 'node:fs';
import { DevcaError } from '../errors/devca-error.ts';

/** Large files in pieces of 1 MiB, each a buffer of its own, so that none has to be held whole. */
export function* fileChunks(path: string): Generator<Uint8Array> {
  const handle = open(path);
  try {
    for (;;) {
      const chunk = Buffer.allocUnsafeSlow(CHUNK_BYTES);
      const length = readSync(handle, chunk, 0, CHUNK_BYTES, null);
      if (length === 0) return;
      yield chunk.subarray(0, length);
    }
  } catch (cause) {
    if (cause instanceof DevcaError) throw cause;
    const detail = (cause as Error).message;
    throw new DevcaError('DEVCA_FILE_IO', { path, action: 'read', detail }, { cause });
  } finally {
    closeSync(handle);
  }
}

const CHUNK_BYTES = 1024 * 1024;

function open(path: string): number {
  try {
    return openSync(path, 'r');
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT') throw new DevcaError('DEVCA_FILE_NOT_FOUND', { path }, { cause });
    if (code === 'EACCES') throw new DevcaError('DEVCA_FILE_PERMISSION', { path, action: 'read' }, { cause });
    throw new DevcaError('DEVCA_FILE_IO', { path, action: 'read', detail: message }, { cause });
  }
}
