import { existsSync, mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { scratchFolder as folderFor } from '../../../../src/proof/trust/scratch-folder.ts';
import { scratchFolder } from '../../../support/scratch.ts';
import { testWorld } from '../../../support/test-world.ts';

describe('the folder of a client', () => {
  it('is its user’s alone, and goes with all that is in it, but not with what links in it lead to', async () => {
    const home = scratchFolder();
    const folder = folderFor('/bin/sh', testWorld({ home, environment: { TMPDIR: home } }));
    expect(statSync(folder.path).mode & 0o777).toBe(0o700);
    mkdirSync(join(folder.path, 'a/b'), { recursive: true });
    writeFileSync(join(home, 'kept'), '');
    symlinkSync(join(home, 'kept'), join(folder.path, 'a/link'));
    await folder.remove();
    expect(existsSync(folder.path)).toBe(false);
    expect(existsSync(join(home, 'kept'))).toBe(true);
  });

  it('is where a snap can see it, also where a script starts the snap', () => {
    const home = scratchFolder();
    mkdirSync(join(home, 'snap/firefox/common'), { recursive: true });
    writeFileSync(join(home, 'firefox'), '#!/bin/sh\nexec /snap/bin/firefox "$@"\n');
    const world = testWorld({ home, environment: { TMPDIR: home } });
    for (const program of ['/snap/bin/firefox', join(home, 'firefox')])
      expect(dirname(folderFor(program, world).path)).toBe(join(home, 'snap/firefox/common'));
    expect(dirname(folderFor('/snap/bin/chromium', world).path)).toBe(home);
  });
});
