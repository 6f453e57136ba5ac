import { expect, it } from '@jest/globals';
import { scratchFolder } from '../../support/scratch.ts';
import { describeWith, toolOrFail } from '../../support/tools.ts';
import { judge } from './judge.ts';
import { nginxTranscripts } from './nginx.ts';

describeWith(['nginx', 'curl'], 'explain, of what nginx says', () => {
  const folder = scratchFolder();

  it('names the fault from its error log and from its answer to the client', async () => {
    const transcripts = await nginxTranscripts(folder, toolOrFail('nginx'));
    expect(transcripts.length).toBeGreaterThanOrEqual(16);
    for (const { id, faults, text } of transcripts) judge(id, faults, text);
  }, 30_000);
});
