import { describe, expect, it } from '@jest/globals';
import { parseUserMounts } from '../../../src/platform/user-mounts.ts';

const line = (folder: string, type: string, options: string) =>
  `36 35 0:31 / ${folder} rw,nosuid,nodev shared:7 - ${type} source ${options}`;

describe('the table of mounts', () => {
  it('tells where a user has mounted something, and who', () => {
    const table = [
      line('/', 'ext4', 'rw'),
      line('/home/ada', 'fuse.evil', 'rw,user_id=1000,group_id=1000,allow_other'),
      line('/home/b\\040ü', 'fuse', 'rw,user_id=1001'),
      line('/mnt/root', 'fuse.sshfs', 'rw,user_id=0,group_id=0,allow_other'),
      line('/srv/user_id=5', 'ext4', 'rw'),
      '',
    ];
    expect([...parseUserMounts(table.join('\n'))]).toEqual([
      ['/home/ada', 1000],
      ['/home/b ü', 1001],
    ]);
  });
});
