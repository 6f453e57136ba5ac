import { describe, expect, it } from '@jest/globals';
import type { System } from '../../../src/platform/system.ts';
import { stagedFile, stagingSteps, withAnchorFile } from '../../../src/truststore/anchor-file.ts';
import { openSession } from '../../../src/truststore/session.ts';
import { anchorPem, buildTrustAnchor } from '../../../src/truststore/trust-anchor.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { fakeMachine, HOME } from './fake-machine.ts';

const anchor = buildTrustAnchor(new Uint8Array([1, 2, 3]), 'devca root alice@host 1');

async function sessionOn(system: Partial<System>, temporary: string) {
  const machine = fakeMachine({ folder: scratchFolder(), system });
  machine.write(`${temporary}/.keep`);
  return { machine, session: await openSession(machine.world) };
}

describe('a root in a file', () => {
  it.each([
    [{ environment: { TMPDIR: '/private/var/t' } }, '/private/var/t/'],
    [{ environment: { TMPDIR: 'relative' } }, '/tmp/'],
    [{ platform: 'win32', environment: { TEMP: 'D:\\t' } }, 'D:\\t\\'],
    [{ platform: 'win32', environment: { LOCALAPPDATA: 'D:\\local' } }, 'D:\\local\\Temp\\'],
  ] as const)(
    'lies in the folder for temporary files for as long as it is looked at (%#)',
    async (system, folder) => {
      const { machine, session } = await sessionOn(system, folder);
      let seen = '';
      const answer = await withAnchorFile(anchor, session, async (path) => {
        seen = path;
        expect(machine.read(path)).toBe(anchorPem(anchor));
        return 'answer';
      });
      expect(answer).toBe('answer');
      expect(seen.startsWith(`${folder}devca-`)).toBe(true);
      expect(machine.has(seen)).toBe(false);
    },
  );

  it('is gone too where its reader fails', async () => {
    const { machine, session } = await sessionOn({}, '/tmp');
    let seen = '';
    const reading = withAnchorFile(anchor, session, async (path) => {
      seen = path;
      throw new Error('out of luck');
    });
    await expect(reading).rejects.toThrow('out of luck');
    expect(machine.has(seen)).toBe(false);
  });

  it('is staged beside the journal, whose folder is made where it is not there', async () => {
    const { machine, session } = await sessionOn({}, '/tmp');
    const folder = `${HOME}/.local/state/devca`;
    expect(stagedFile(anchor, session).startsWith(`${folder}/devca-`)).toBe(true);
    expect(stagingSteps(anchor, session).map(({ kind }) => kind)).toEqual(['run', 'write']);
    machine.write(`${folder}/trust.jsonl`);
    expect(stagingSteps(anchor, session).map(({ kind }) => kind)).toEqual(['write']);
  });
});
