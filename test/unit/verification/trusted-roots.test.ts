import { describe, expect, it } from '@jest/globals';
import { isDevcaError } from '../../../src/errors/devca-error.ts';
import type { Files } from '../../../src/platform/files.ts';
import { systemFiles } from '../../../src/platform/files.ts';
import type { World } from '../../../src/platform/world.ts';
import { readTrustedRoots, rootsFor } from '../../../src/verification/trusted-roots.ts';
import { testAuthority } from '../../support/test-pki.ts';
import { testWorld } from '../../support/test-world.ts';
import { intermediate, pem, root, server } from './lab.ts';

const BUNDLE = '/etc/ssl/certs/ca-certificates.crt';

/** A machine that has these files and no others. */
function machineWith(contents: Readonly<Record<string, string>>): World {
  const bytesOf = (path: string) => (contents[path] === undefined ? undefined : Buffer.from(contents[path]));
  const files: Files = {
    ...systemFiles,
    readNamed: (path) => bytesOf(path) ?? systemFiles.readNamed(`/nowhere${path}`),
    read: (path) => bytesOf(path) ?? systemFiles.read(`/nowhere${path}`),
    statusOfTarget: (path) => {
      const bytes = bytesOf(path);
      return bytes === undefined
        ? undefined
        : { kind: 'file', mode: 0o644, uid: 0, gid: 0, size: bytes.length, modifiedAt: new Date(0) };
    },
  };
  return { ...testWorld({ home: '/home/ada' }), files };
}

const read = (source: string, contents: Readonly<Record<string, string>>) =>
  readTrustedRoots(
    source,
    { home: '/home/ada/x', inventory: undefined, password: undefined },
    machineWith(contents),
  );

function codeOf(action: () => unknown): string {
  try {
    action();
    return 'nothing was thrown';
  } catch (error) {
    return isDevcaError(error) ? error.code : `${error}`;
  }
}

describe('readTrustedRoots', () => {
  it("reads the system's bundle, and leaves out what it cannot parse", () => {
    const broken = pem({ ...root, der: root.der.with(20, 0xff) });
    expect(read('system', { [BUNDLE]: broken + pem(root) }).all).toHaveLength(1);
    expect(read('all', { [BUNDLE]: pem(root) }).all).toHaveLength(1);
  });

  it('fails closed: DEVCA_ROOTS_EMPTY, DEVCA_ROOTS_SYSTEM_UNKNOWN, DEVCA_AUTHORITY_MISSING', () => {
    expect(codeOf(() => read('system', { [BUNDLE]: '# nothing\n' }))).toBe('DEVCA_ROOTS_EMPTY');
    expect(codeOf(() => read('system', {}))).toBe('DEVCA_ROOTS_SYSTEM_UNKNOWN');
    expect(codeOf(() => read('devca', {}))).toBe('DEVCA_AUTHORITY_MISSING');
  });

  it('refuses a file with a root in it that cannot be parsed', () => {
    const broken = pem(root, { ...root, der: root.der.with(20, 0xff) });
    expect(codeOf(() => read('/roots.pem', { '/roots.pem': broken }))).toBe('DEVCA_DER_INVALID');
    expect(read('/roots.pem', { '/roots.pem': pem(root) }).all).toHaveLength(1);
  });
});

describe('rootsFor', () => {
  const others = Array.from({ length: 20 }, (_, index) => testAuthority({ subject: `root ${index}` }));
  const roots = read('/roots.pem', { '/roots.pem': pem(...others, root) });
  const certificates = (...all: readonly (typeof root)[]) => all.map(({ certificate }) => certificate);
  const subjects = (...pool: readonly (typeof root)[]) =>
    rootsFor(certificates(...pool), roots).map(({ der }) => Buffer.from(der));

  it('gives those roots alone that can end a path', () => {
    expect(subjects(server, intermediate)).toEqual([Buffer.from(root.der)]);
    expect(subjects(root)).toEqual([Buffer.from(root.der)]);
  });

  it('gives one that ends nothing where there is none', () => {
    expect(subjects(server)).toHaveLength(1);
  });
});
