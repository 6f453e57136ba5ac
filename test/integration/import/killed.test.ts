import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, it } from '@jest/globals';
import { changeInventory } from '../../../src/authority/recovery.ts';
import { importAuthority } from '../../../src/lifecycle/import/import-authority.ts';
import { realWorld } from '../../../src/platform/world.ts';
import { crashEverywhere, FILE_CHANGES, PAGE_WRITES } from '../../support/crash.ts';
import { easyRsaFolder } from '../../support/import-sources.ts';
import { refusalOf } from '../../support/refusal.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { testAuthority, testServer } from '../../support/test-pki.ts';
import { describeWith } from '../../support/tools.ts';

const PROGRAM = resolve(import.meta.dirname, '../../support/authority-process.ts');
const TIMEOUT_MS = 180_000;

const world = realWorld();
const life = {
  notBefore: new Date(Date.now() - 86_400_000),
  notAfter: new Date(Date.now() + 300 * 86_400_000),
};
const root = testAuthority({ subject: 'Easy-RSA CA', ...life });
const issued = Object.fromEntries(
  Array.from({ length: 3 }, (_, index) => [
    `n${index}`,
    testServer({ subject: `n${index}`, issuer: root, ...life }),
  ]),
);
const index = Object.values(issued)
  .map(
    ({ certificate }) =>
      `R\t270615120000Z\t260601000000Z\t${certificate.serialNumber.toUpperCase()}\tunknown\t/CN=x\n`,
  )
  .join('');

interface Lab {
  readonly home: string;
  readonly source: string;
}

function prepare(): Lab {
  const folder = scratchFolder();
  return {
    home: join(folder, 'home'),
    source: easyRsaFolder(join(folder, 'source'), root, { index, issued }),
  };
}

/** Everything is there or nothing; then the same import either works or is told that it is done. */
async function check({ home, source }: Lab): Promise<void> {
  const count = () =>
    changeInventory(
      home,
      world,
      ({ authorities, certificates }, { problems }) => {
        expect(problems).toEqual([]);
        const at = new Date();
        return [
          authorities.all().length,
          certificates.count({ at }),
          certificates.count({ at, status: 'revoked', profile: 'imported' }),
        ];
      },
      { create: true },
    );
  const isThere = existsSync(join(home, 'devca.db'));
  const found = isThere ? count() : [0, 0, 0];
  expect([[0, 0, 0].join(), [1, 5, 3].join()]).toContain(found.join());
  if (found[0] === 0) await importAuthority({ path: source }, home, world);
  else
    expect((await refusalOf(importAuthority({ path: source }, home, world)))[0]).toBe('DEVCA_IMPORT_PRESENT');
  expect(count()).toEqual([1, 5, 3]);
  expect(readdirSync(join(home, 'keys')).sort()).toEqual([
    'easy-rsa-1-intermediate.pem',
    'easy-rsa-1-root.pem',
  ]);
  expect(readdirSync(join(home, 'ca')).sort()).toEqual([
    'crl.pem',
    'intermediate.pem',
    'root.pem',
    'roots.pem',
  ]);
}

describeWith(['strace'], 'an import that is killed', () => {
  it(
    'at any change of a file is all there or not at all',
    async () => {
      const plan = {
        prepare,
        command: ({ home, source }: Lab) => [
          process.execPath,
          '--no-warnings',
          PROGRAM,
          'import',
          home,
          source,
        ],
        check,
      };
      const places = await crashEverywhere(plan, { kind: 'kill' }, FILE_CHANGES, 2);
      expect(places.filter((place) => place.startsWith('rename')).length).toBeGreaterThanOrEqual(3);
      await crashEverywhere(plan, { kind: 'kill' }, PAGE_WRITES, 12);
    },
    TIMEOUT_MS,
  );
});
