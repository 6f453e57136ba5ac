import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { readHomeIfPresent } from '../../../../src/authority/home.ts';
import { changeInventory } from '../../../../src/authority/recovery.ts';
import { importAuthority } from '../../../../src/lifecycle/import/import-authority.ts';
import { systemFiles } from '../../../../src/platform/files.ts';
import { faultyFiles } from '../../../support/faulty-files.ts';
import { mkcertFolder } from '../../../support/import-sources.ts';
import { scratchFolder } from '../../../support/scratch.ts';
import { NOW } from '../../../support/test-pki.ts';
import { testWorld } from '../../../support/test-world.ts';

it('a full disk at any moment of an import leaves nothing that keeps the next one from working', async () => {
  const user = scratchFolder();
  const path = mkcertFolder(join(user, 'ca'));
  const world = testWorld({ home: user, now: NOW });
  let isThrough = false;
  for (let nth = 1; !isThrough; nth++) {
    const home = join(user, `home-${nth}`);
    const { files, count } = faultyFiles(systemFiles, nth, false);
    const attempt = importAuthority({ path }, home, { ...world, files });
    const failed = await attempt.then(
      () => false,
      () => true,
    );
    const isDone =
      existsSync(join(home, 'devca.db')) &&
      readHomeIfPresent(home, world, ({ authorities }) => authorities.all().length === 1);
    if (failed && !isDone) await importAuthority({ path }, home, world);
    // What was recorded before the fault is completed by the next change.
    else if (failed) changeInventory(home, world, () => undefined);
    expect(readdirSync(join(home, 'keys'))).toEqual(['mkcert-1-root.pem']);
    expect(readdirSync(join(home, 'ca')).sort()).toEqual(['crl.pem', 'root.pem', 'roots.pem']);
    isThrough = count() < nth;
    expect(nth).toBeLessThan(100);
  }
});
