import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { systemExec } from '../../../../src/platform/exec.ts';
import { installationsOf, trustClients } from '../../../../src/proof/trust/installed-clients.ts';
import { scratchFolder } from '../../../support/scratch.ts';
import { testWorld } from '../../../support/test-world.ts';

describe('installations of a client', () => {
  it('are those on the PATH and of version managers, each once', () => {
    const home = scratchFolder();
    const put = (folder: string): string => {
      mkdirSync(join(home, folder), { recursive: true });
      const path = join(home, folder, 'node');
      writeFileSync(path, '', { mode: 0o755 });
      return path;
    };
    const [first, second] = ['v22.0.0', 'v24.0.0'].map((version) => put(`.nvm/versions/node/${version}/bin`));
    mkdirSync(join(home, 'bin'));
    symlinkSync(second ?? '', join(home, 'bin/node'));
    const base = testWorld({ home, environment: { PATH: join(home, 'bin') } });
    const world = { ...base, exec: systemExec(base.system) };
    const node = trustClients(undefined).filter(({ id }) => id === 'node');
    const found = node.flatMap((client) => installationsOf(client, world)).map(({ program }) => program);
    expect(found.filter((path) => path?.startsWith(home))).toEqual([join(home, 'bin/node'), first]);
  });

  it('are one row without a program where there is none', () => {
    const world = testWorld({ home: scratchFolder() });
    const rows = trustClients(undefined).flatMap((client) => installationsOf(client, world));
    expect(rows.every(({ program }) => program === undefined)).toBe(true);
    expect(rows).toHaveLength(trustClients(undefined).length);
  });
});
