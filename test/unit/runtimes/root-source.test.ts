import { linkSync, mkdirSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { isDevcaError } from '../../../src/errors/devca-error.ts';
import { encodePem } from '../../../src/pki/pem.ts';
import { systemFiles } from '../../../src/platform/files.ts';
import { certificatesOf, readSource } from '../../../src/runtimes/root-source.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { testAuthority } from '../../support/test-pki.ts';

const world = { files: systemFiles };
const root = encodePem('CERTIFICATE', testAuthority({ subject: 'a root' }).certificate.der);
let folder: string;

beforeEach(() => {
  folder = scratchFolder();
  mkdirSync(join(folder, 'certs'));
});

const file = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};

/** What is said of the one source that is of no use. */
function reasonOf(action: () => unknown): string | undefined {
  try {
    action();
    return undefined;
  } catch (error) {
    if (!isDevcaError(error, 'DEVCA_RUNTIME_ROOTS')) throw error;
    return error.context.failures.map(({ reason }) => reason).join();
  }
}

const read = (kind: 'file' | 'folder', path: string) => certificatesOf(readSource({ kind, path }, world));

describe('a source of roots', () => {
  it('is refused for a block that is no certificate, which programs would fail on', () => {
    const junk = encodePem('CERTIFICATE', new Uint8Array(3));
    expect(reasonOf(() => read('file', file('roots.pem', root + junk)))).toBe(
      'cannot be used: block 2 is no certificate',
    );
    const longer = encodePem(
      'CERTIFICATE',
      Buffer.concat([Buffer.from(root.split('\n').slice(1, -2).join(''), 'base64'), Buffer.of(0)]),
    );
    expect(reasonOf(() => read('file', file('longer.pem', longer)))).toBe(
      'cannot be used: block 1 is no certificate',
    );
    const path = file('certs/00000000.0', junk);
    expect(reasonOf(() => read('folder', join(folder, 'certs')))).toBe(
      `cannot be used: block 1 of "${path}" is no certificate`,
    );
    expect(read('file', file('good.pem', root))).toHaveLength(1);
  });

  it('is refused where a folder has more in it than any system', () => {
    const certs = join(folder, 'certs');
    const path = file('certs/00000000.0', root);
    truncateSync(path, 40 * 1024 * 1024);
    expect(reasonOf(() => readSource({ kind: 'folder', path: certs }, world))).toBeUndefined();
    linkSync(path, join(certs, '00000000.1'));
    expect(reasonOf(() => readSource({ kind: 'folder', path: certs }, world))).toBe(
      'has, with what is read before it, more than 64 MiB of roots',
    );
    const names = Array.from({ length: 5001 }, (_, index) => `00000000.${index}`);
    const many = { files: { ...systemFiles, list: () => names } };
    expect(reasonOf(() => readSource({ kind: 'folder', path: certs }, many))).toBe(
      'has more than 5000 files of roots',
    );
  });

  it('is not waited for where it is a pipe', () => {
    expect(reasonOf(() => read('file', '/dev/zero'))).toBe('is no file');
  });
});
