import { describe, expect, it } from '@jest/globals';
import { isSharedFileSystem, journalModeFor } from '../../../src/inventory/journal-mode.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { testWorld } from '../../support/test-world.ts';

const { system } = testWorld({ home: '/nowhere' });

describe('the journal of an inventory', () => {
  it.each([
    ['nfs', 0x6969],
    ['cifs', 0xff534d42],
    ['cifs with a sign', 0xff534d42 | 0],
    ['smb2', 0xfe534d42],
    ['9p', 0x01021997],
    ['fuse', 0x65735546],
  ])('is rolled back on %s, which has no shared memory', (_name, type) => {
    expect(isSharedFileSystem(type)).toBe(true);
  });

  it.each([
    ['ext4', 0xef53],
    ['tmpfs', 0x01021994],
    ['btrfs', 0x9123683e | 0],
    ['xfs', 0x58465342],
    ['overlayfs', 0x794c7630],
    ['zfs', 0x2fc12fc1],
  ])('is written ahead on %s', (_name, type) => {
    expect(isSharedFileSystem(type)).toBe(false);
  });

  it('is written ahead in a local folder, and where the folder cannot be looked at', () => {
    expect(journalModeFor(`${scratchFolder()}/devca.db`, system)).toBe('wal');
    expect(journalModeFor('/nowhere/at/all/devca.db', system)).toBe('wal');
    expect(journalModeFor('/home/devca.db', { ...system, platform: 'darwin' })).toBe('wal');
  });

  it('is rolled back on a Windows share', () => {
    const windows = { ...system, platform: 'win32' } as const;
    expect(journalModeFor('\\\\server\\share\\devca.db', windows)).toBe('rollback');
    expect(journalModeFor('C:\\Users\\ada\\devca.db', windows)).toBe('wal');
  });
});
