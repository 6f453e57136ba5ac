import { describe, expect, it } from '@jest/globals';
import {
  journalPath,
  readJournal,
  recordBegun,
  recordEnd,
  recordOf,
} from '../../../src/truststore/journal.ts';
import { openSession } from '../../../src/truststore/session.ts';
import { buildTrustAnchor, type TrustAction } from '../../../src/truststore/trust-anchor.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { type FakeMachine, fakeMachine, HOME } from './fake-machine.ts';

const PATH = `${HOME}/.local/state/devca/trust.jsonl`;
const anchor = buildTrustAnchor(new Uint8Array([1, 2, 3]), 'devca root alice@host 1');
const begun = (action: TrustAction, before = {}) => ({ action, store: 'system', anchor, before });

async function newJournal(machine: FakeMachine = fakeMachine({ folder: scratchFolder() })) {
  const session = await openSession(machine.world);
  const change = async (action: TrustAction, end?: 'done' | 'undone', before = {}): Promise<void> => {
    const id = await recordBegun(begun(action, before), session);
    if (end !== undefined) await recordEnd(id, end, session);
  };
  return { session, machine, change, records: () => readJournal(session) };
}

describe('the trust journal', () => {
  it('is empty where there is none, and lies outside of the home of the authority', async () => {
    const { session, records } = await newJournal();
    expect(journalPath(session)).toBe(PATH);
    expect(records()).toEqual([]);
  });

  it('keeps the root itself and what was there before, until the uninstall is done', async () => {
    const { change, records } = await newJournal();
    await change('install', 'done', { file: 'absent' });
    expect(records()).toEqual([
      { store: 'system', anchor, before: { file: 'absent' }, interrupted: undefined },
    ]);
    await change('uninstall', 'done');
    expect(records()).toEqual([]);
  });

  it('of a newer devca is refused: DEVCA_TRUST_JOURNAL_NEWER', async () => {
    const { change, machine, records } = await newJournal();
    await change('install', 'done');
    machine.write(PATH, `${machine.read(PATH)}{"schema":2,"event":"moved"}\n`);
    expect(records).toThrow(expect.objectContaining({ code: 'DEVCA_TRUST_JOURNAL_NEWER' }));
  });

  it('tells what was begun and never ended', async () => {
    const { change, records } = await newJournal();
    await change('install');
    expect(records()).toMatchObject([{ interrupted: 'install' }]);
    await change('install', 'done');
    expect(records()).toMatchObject([{ interrupted: undefined }]);
    await change('uninstall');
    expect(records()).toMatchObject([{ interrupted: 'uninstall' }]);
    await change('uninstall', 'undone');
    expect(records()).toMatchObject([{ interrupted: undefined }]);
  });

  it('forgets an install that was undone, and keeps what stood before the first of several', async () => {
    const { change, records } = await newJournal();
    await change('install', 'undone');
    expect(records()).toEqual([]);
    await change('install', undefined, { trust: ',,' });
    await change('install', 'done', { trust: 'C,,' });
    expect(records()).toMatchObject([{ before: { trust: ',,' } }]);
  });

  it('that is large is put aside once nothing is left to be undone, and read until the next time', async () => {
    const { change, records, machine, session } = await newJournal();
    await change('install', 'done');
    const filler = '{"schema":1,"id":"x","event":"noted"}\n'.repeat(30_000);
    machine.write(PATH, `${machine.read(PATH)}${filler}`);
    await change('install', 'done');
    expect(machine.has(`${PATH}.old`)).toBe(false);
    await change('uninstall', 'done');
    const id = await recordBegun(begun('install', { file: 'absent' }), session);
    expect(machine.read(`${PATH}.old`)?.length).toBeGreaterThan(1024 * 1024);
    expect(machine.read(PATH)?.trim().split('\n')).toHaveLength(1);
    // As by a process that had opened the file before it was put aside.
    machine.write(`${PATH}.old`, `${machine.read(`${PATH}.old`)}{"schema":1,"id":"${id}","event":"done"}\n`);
    expect(records()).toMatchObject([{ before: { file: 'absent' }, interrupted: 'install' }]);
    await recordEnd(id, 'done', session);
    expect(records()).toMatchObject([{ before: { file: 'absent' }, interrupted: undefined }]);
    expect((await newJournal(machine)).records()).toMatchObject([{ interrupted: undefined }]);
  });

  it('is read once, and asked by root and store, however many changes are in it', async () => {
    const { change, records, machine, session } = await newJournal();
    await change('install', 'done');
    const line = (machine.read(PATH) ?? '').split('\n')[0] ?? '';
    const lines = Array.from({ length: 20_000 }, (_, index) =>
      line.replace('"store":"system"', `"store":"docker:/${index}"`),
    );
    machine.write(PATH, `${machine.read(PATH)}${lines.join('\n')}\n`);
    expect(records()).toHaveLength(20_001);
    expect(recordOf(anchor, 'docker:/7', session)).toBe(records()[8]);
    await recordEnd('other', 'done', session);
    expect(records()).toHaveLength(20_001);
  });

  it('skips half a line, and begins the next one on a line of its own', async () => {
    const { change, records, machine } = await newJournal();
    await change('install', 'done');
    machine.write(PATH, `${machine.read(PATH)}{"schema":1,"id":"12","event":"beg`);
    await change('uninstall', 'done');
    expect(records()).toEqual([]);
  });

  it('skips a root whose bytes are not those of its fingerprint, and lines of other shapes', async () => {
    const { change, records, machine } = await newJournal();
    await change('install', 'done');
    const text = machine.read(PATH) ?? '';
    machine.write(PATH, text.replace(/"certificate":"[^"]*"/, '"certificate":"AAAAAAAA"'));
    expect(records()).toEqual([]);
    machine.write(
      PATH,
      'null\n[]\n{"schema":1}\n{"schema":1,"id":"1","event":"begun","action":"sell"}\nnonsense\n',
    );
    expect(records()).toEqual([]);
  });

  it('is not read where a newer devca wrote it', async () => {
    const { records, machine } = await newJournal();
    machine.write(PATH, '{"schema":2,"id":"1"}\n');
    expect(() => records()).toThrow('was written by a newer devca (schema 2)');
  });
});

describe('a trust journal that cannot be written', () => {
  it('says why: DEVCA_TRUST_JOURNAL_UNWRITABLE', async () => {
    const machine = fakeMachine({ folder: scratchFolder() });
    machine.write(`${HOME}/.local/state`, 'a file');
    const { change } = await newJournal(machine);
    await expect(change('install')).rejects.toMatchObject({
      code: 'DEVCA_TRUST_JOURNAL_UNWRITABLE',
      message: expect.stringContaining('is not a folder'),
    });
  });
});
