import { describe, expect, it } from '@jest/globals';
import { DevcaError, isDevcaError } from '../../../src/errors/devca-error.ts';
import { type Files, systemFiles } from '../../../src/platform/files.ts';
import { readFolder } from '../../../src/verification/folder.ts';
import { testWorld } from '../../support/test-world.ts';
import { intermediate, pem, root, server } from './lab.ts';

/** A folder `/certs` with these files; a value of `undefined` is a folder that may not be listed. */
function read(files: Readonly<Record<string, string | undefined>>) {
  const pathOf = (name: string) => `/certs/${name}`;
  const contents = new Map(Object.entries(files).map(([name, text]) => [pathOf(name), text]));
  const fake: Files = {
    ...systemFiles,
    realPath: (path) => path,
    list: (path) => {
      if (path === '/certs') return Object.keys(files);
      throw new DevcaError('DEVCA_FILE_PERMISSION', { path, action: 'list' });
    },
    statusOfTarget: (path) => {
      const kind = contents.get(path) === undefined ? 'folder' : 'file';
      return { kind, mode: 0o600, uid: 0, gid: 0, size: 1, modifiedAt: new Date(0) };
    },
    read: (path) => Buffer.from(contents.get(path) ?? ''),
  };
  const world = testWorld({ home: '/' });
  return readFolder('/certs', undefined, { ...world, files: fake });
}

const codeOf = (action: () => unknown): string => {
  try {
    action();
    return 'nothing was thrown';
  } catch (error) {
    return isDevcaError(error) ? error.code : `${error}`;
  }
};

describe('readFolder', () => {
  it('leaves out what is no target of its own, with the reason', () => {
    const { subjects, leftOut } = read({
      'full.pem': pem(server, intermediate),
      'leaf.pem': pem(server),
      'ca.pem': pem(root, intermediate),
      'notes.md': '# notes',
      'values.yaml': 'a: b',
    });
    expect(subjects.map(({ target }) => target)).toEqual(['/certs/full.pem']);
    expect(Object.fromEntries(leftOut.map(({ file, reason }) => [file, reason]))).toEqual({
      '/certs/leaf.pem': '"/certs/full.pem" has the same certificate with its chain',
      '/certs/ca.pem': 'it has the certificates of authorities only',
      '/certs/values.yaml': expect.stringContaining('without a PEM block'),
    });
  });

  it('keeps an end entity that no other file has with its chain', () => {
    expect(read({ 'a.pem': pem(server), 'b.pem': pem(server) }).subjects).toHaveLength(2);
  });

  it('goes on where a file is broken or a folder may not be read', () => {
    const { subjects, unreadable } = read({
      'good.pem': pem(server, intermediate),
      'bad.pem': '-----BEGIN X-----',
      closed: undefined,
    });
    expect(subjects).toHaveLength(1);
    expect(unreadable.map(({ target, error }) => [target, error.code])).toEqual([
      ['/certs/closed', 'DEVCA_FILE_PERMISSION'],
      ['/certs/bad.pem', 'DEVCA_PEM_INVALID'],
    ]);
  });

  it('refuses a folder without certificates, or with too many files: DEVCA_TARGET_FOLDER_EMPTY, DEVCA_TARGET_FOLDER_LIMIT', () => {
    expect(codeOf(() => read({ 'ca.pem': pem(root) }))).toBe('DEVCA_TARGET_FOLDER_EMPTY');
    const many = Object.fromEntries(Array.from({ length: 20_001 }, (_, index) => [`${index}.txt`, '']));
    expect(codeOf(() => read(many))).toBe('DEVCA_TARGET_FOLDER_LIMIT');
  });
});
