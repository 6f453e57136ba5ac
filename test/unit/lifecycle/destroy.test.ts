import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { generationRecords } from '../../../src/authority/generations.ts';
import { readHome } from '../../../src/authority/home.ts';
import { issueCertificate } from '../../../src/authority/issue.ts';
import { changeInventory } from '../../../src/authority/recovery.ts';
import { destroy } from '../../../src/lifecycle/destroy.ts';
import { initialise } from '../../../src/lifecycle/init.ts';
import { rollAuthority } from '../../../src/lifecycle/roll.ts';
import { faultyFiles } from '../../support/faulty-files.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { testWorld } from '../../support/test-world.ts';

const WORLD = testWorld({ home: '/home/nobody-has' });

const request = { authority: 'work', noTrust: true };

async function homeOfTwo(): Promise<string> {
  const home = join(scratchFolder(), 'home');
  await initialise({}, home, WORLD);
  await initialise({ name: 'work' }, home, WORLD);
  await rollAuthority({ authority: 'work' }, home, WORLD);
  return home;
}

const events = (home: string) =>
  readHome(home, WORLD, (inventory) => inventory.events.latest(20).map(({ kind }) => kind));

describe('the destruction of one of several authorities', () => {
  it('is one event in a chain that holds', async () => {
    const home = await homeOfTwo();
    await destroy(request, home, WORLD);
    await destroy(request, home, WORLD);
    readHome(home, WORLD, (inventory) => {
      expect(inventory.check()).toEqual([]);
      expect(inventory.events.latest(1)).toMatchObject([
        { kind: 'authority-destroyed', details: { name: 'work', generations: [2, 1] } },
      ]);
    });
  });

  it('at any step at which it is interrupted leaves a key or says that it is done, and the next one finishes it', async () => {
    let done = false;
    for (let nth = 1; !done; nth += 1) {
      const home = await homeOfTwo();
      const { files } = faultyFiles(WORLD.files, nth, true);
      done = await destroy(request, home, { ...WORLD, files }).then(
        () => true,
        () => false,
      );
      const isDestroyed = readHome(
        home,
        WORLD,
        ({ authorities }) => authorities.destroyedAt('work') !== undefined,
      );
      const keys = readdirSync(join(home, 'keys')).filter((name) => name.startsWith('work'));
      if (isDestroyed) expect(keys).toEqual([]);
      expect(await destroy(request, home, WORLD)).toMatchObject({ destroyed: true, isWhole: false });
      expect(readdirSync(join(home, 'keys'))).toEqual(['default-1-intermediate.pem']);
      expect(existsSync(join(home, 'ca/work'))).toBe(false);
      expect(events(home).filter((kind) => kind === 'authority-destroyed')).toHaveLength(1);
      expect(changeInventory(home, WORLD, (_, { problems }) => problems)).toEqual([]);
      expect(
        await issueCertificate({ names: ['a.test'], out: join(home, '../out') }, { home }, WORLD),
      ).toMatchObject({ generation: 1 });
    }
  }, 60_000);

  it('that was interrupted is completed by a new authority of its name', async () => {
    const home = await homeOfTwo();
    const remove = (path: string) => {
      if (path.includes('/ca/work/')) throw new Error('killed');
      WORLD.files.remove(path);
    };
    await expect(destroy(request, home, { ...WORLD, files: { ...WORLD.files, remove } })).rejects.toThrow();
    expect(await initialise({ name: 'work' }, home, WORLD)).toMatchObject({ created: true, generation: 3 });
    expect(readdirSync(join(home, 'ca/work')).sort()).toEqual([
      'crl.pem',
      'intermediate.pem',
      'root.pem',
      'roots.pem',
    ]);
    const states = readHome(home, WORLD, (inventory) =>
      generationRecords(inventory, 'work').map(({ retiredAt }) => retiredAt !== undefined),
    );
    expect(states).toEqual([false, true, true]);
  });
});
