import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { startRootProcess } from '../../../src/platform/root-client.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { testWorld } from '../../support/test-world.ts';

/** A folder on the PATH in which anybody could put a program. */
const folder = scratchFolder();
chmodSync(folder, 0o777);

const world = testWorld({
  home: '/nonexistent',
  system: { environment: { PATH: `${folder}:/bin`, HOME: '/home/ada', DEVCA_HOME: '/home/ada/ca' } },
});

describe('the process that stays root', () => {
  it('runs programs one after the other, with standard input, and none of the user’s environment', async () => {
    const run = await startRootProcess(world);
    const [text, environment] = await Promise.all([
      run('/bin/sh', ['-c', 'cat; echo told >&2; exit 3'], { stdin: 'Zürich' }),
      run('/usr/bin/env', []),
    ]);
    expect(text).toMatchObject({ status: 3, stdout: 'Zürich', stderr: 'told\n' });
    expect(environment.stdout).not.toMatch(/ada/);
    expect(environment.stdout).toMatch(/^PATH=.*\/usr\/bin/m);
    expect(environment.stdout).not.toContain(folder);
  });

  it('kills what takes too long, and runs the next all the same', async () => {
    const run = await startRootProcess(world);
    expect(await run('/bin/sleep', ['30'], { timeoutMs: 50 })).toMatchObject({ timedOut: true });
    expect(await run('/bin/true', [])).toMatchObject({ status: 0 });
  });

  it('runs nothing that others than root could have changed', async () => {
    const program = join(scratchFolder(), 'tool');
    writeFileSync(program, '#!/bin/sh\n');
    chmodSync(program, 0o755);
    const run = await startRootProcess(world);
    await expect(run(program, [])).rejects.toMatchObject({
      code: 'DEVCA_PROGRAM_FAILED',
      message: expect.stringContaining('others than root may change'),
    });
    await expect(run('no-such-tool', [])).rejects.toMatchObject({ code: 'DEVCA_PROGRAM_FAILED' });
  });
});
