import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { systemFiles } from '../../../src/platform/files.ts';
import { writeContainerFiles } from '../../../src/runtimes/container-folder.ts';
import { faultyFiles } from '../../support/faulty-files.ts';
import { scratchFolder, worldAt } from '../../support/scratch.ts';

const world = worldAt('2026-11-24T12:00:00Z');
const files = ['Dockerfile', 'devca/roots.pem', 'devca/trust.sh'].map((path) => {
  return { path, bytes: Buffer.from(`new ${path}\n`) };
});

describe('files for containers, on a disk that is full', () => {
  it('leave no file and no folder behind', () => {
    for (let nth = 1; nth < 30; nth++) {
      const folder = join(scratchFolder(), 'out');
      const faulty = faultyFiles(systemFiles, nth, false);
      try {
        writeContainerFiles(files, folder, false, { ...world, files: faulty.files });
        expect(nth).toBeGreaterThan(files.length);
        return;
      } catch (error) {
        expect(error).toMatchObject({ code: 'DEVCA_FILE_DISK_FULL' });
        expect(existsSync(folder)).toBe(false);
      }
    }
    throw new Error('it never ended');
  });

  it('leave old files as they were, or new and whole', () => {
    for (let nth = 1; nth < 40; nth++) {
      const folder = scratchFolder();
      mkdirSync(join(folder, 'devca'));
      for (const { path } of files) writeFileSync(join(folder, path), 'old\n');
      const faulty = faultyFiles(systemFiles, nth, false);
      try {
        writeContainerFiles(files, folder, true, { ...world, files: faulty.files });
        expect(nth).toBeGreaterThan(files.length);
        return;
      } catch {
        for (const { path } of files)
          expect(['old\n', `new ${path}\n`]).toContain(readFileSync(join(folder, path), 'utf8'));
        expect(readdirSync(folder, { recursive: true })).toHaveLength(4);
      }
    }
    throw new Error('it never ended');
  });
});
