import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { tracedCalls } from '../../support/crash.ts';
import { describeWith } from '../../support/tools.ts';
import { deliverCommand, usedLab } from './lab.ts';

describeWith(['strace'], 'the order in which a delivery reaches the disk', () => {
  it('is intent, temporary files, their names, the record, the moves, their names, the end', async () => {
    const lab = usedLab();
    const calls = await tracedCalls(deliverCommand(lab), [
      'fsync',
      'fdatasync',
      'fchmod',
      'rename',
      'renameat',
      'renameat2',
    ]);
    const log = join(lab.home, 'devca.db-wal');
    const words = calls.flatMap((line) => {
      const [, call = '', rest = ''] = /^\d+ +(\w+)\((.*)$/.exec(line) ?? [];
      if (call.startsWith('rename')) return ['move'];
      if (rest.includes('.devca-')) return [call === 'fchmod' ? 'create' : 'sync file'];
      if (rest.includes(`<${lab.out}>`)) return ['sync folder'];
      return rest.includes(log) ? ['commit'] : [];
    });
    const files = Array.from({ length: 4 });
    // A new write-ahead log is synced once when it gets its head; the last sync is that of the checkpoint.
    expect(words).toEqual([
      'commit',
      'commit',
      ...files.flatMap(() => ['create', 'sync file']),
      'sync folder',
      'commit',
      ...files.map(() => 'move'),
      'sync folder',
      'commit',
      'commit',
    ]);
  }, 20_000);
});
