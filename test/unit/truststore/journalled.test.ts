import { describe, expect, it } from '@jest/globals';
import { recordBegun, recordEnd } from '../../../src/truststore/journal.ts';
import { journalledStatus } from '../../../src/truststore/journalled.ts';
import { openSession } from '../../../src/truststore/session.ts';
import { buildTrustAnchor, type TrustAnchor } from '../../../src/truststore/trust-anchor.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { fakeDatabase, fakeMachine, HOME } from './fake-machine.ts';

const ours = buildTrustAnchor(new Uint8Array([1, 2, 3]), 'devca root alice@host 1');
const theirs = buildTrustAnchor(new Uint8Array([4, 5, 6]), 'devca root bob@host 1');
const DATABASE = `nss:${HOME}/.pki/nssdb`;

/** A machine whose journal says what was put where. */
async function machineWith(...put: readonly (readonly [TrustAnchor, string])[]) {
  const { world, programs, write } = fakeMachine({ folder: scratchFolder() });
  programs.set('certutil', fakeDatabase().certutil);
  write(`${HOME}/.pki/nssdb/cert9.db`);
  const session = await openSession(world);
  for (const [anchor, store] of put)
    await recordEnd(
      await recordBegun({ action: 'install', store, anchor, before: {} }, session),
      'done',
      session,
    );
  const rows = async (except: readonly string[] = [], stores: readonly string[] = []) =>
    (await journalledStatus(except, { stores }, world)).map(
      ({ anchor, row }) => `${anchor.name} ${row.id} ${row.status}`,
    );
  return rows;
}

describe('the roots of the journal', () => {
  it('are none where nothing was put anywhere', async () => {
    expect(await (await machineWith())()).toEqual([]);
  });

  it('have a row for each store that they were put into, whether or not they are there still', async () => {
    const rows = await machineWith([ours, DATABASE], [theirs, DATABASE], [theirs, 'nss:/srv/db']);
    expect(await rows()).toEqual([
      `${ours.name} ${DATABASE} not-trusted`,
      `${theirs.name} ${DATABASE} not-trusted`,
      expect.stringContaining(`${theirs.name} nss:/srv/db `),
    ]);
    expect(await rows([ours.sha256], [DATABASE])).toEqual([`${theirs.name} ${DATABASE} not-trusted`]);
    expect(await rows([ours.sha256, theirs.sha256])).toEqual([]);
  });

  it('are those of the stores that are named, by id or kind', async () => {
    const rows = await machineWith([ours, DATABASE], [ours, 'vault:/x']);
    expect(await rows([], ['nss'])).toEqual([`${ours.name} ${DATABASE} not-trusted`]);
    expect(await rows([], ['ns'])).toEqual([]);
  });

  it('have a row also where this devca knows no such store', async () => {
    const rows = await machineWith([ours, 'vault:/x']);
    expect(await rows()).toEqual([`${ours.name} vault:/x unknown`]);
  });
});
