import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { personAtTerminal } from '../../../src/cli/person.ts';
import type { PassphraseRequest } from '../../../src/platform/person.ts';
import { PASSPHRASE_VARIABLE, thisSystem, withoutSecret } from '../../../src/platform/system.ts';
import { realWorld } from '../../../src/platform/world.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { testWorld } from '../../support/test-world.ts';

const OPEN: PassphraseRequest = { title: 'the key', purpose: 'open' };
const SET: PassphraseRequest = { title: 'the key', purpose: 'set' };
const CHANGE: PassphraseRequest = { title: 'the key', purpose: 'change' };

function personWith(options: { answers?: string[]; passphrase?: string; file?: string }) {
  const home = scratchFolder();
  const { file, ...rest } = options;
  if (file !== undefined) writeFileSync(join(home, 'pw'), file);
  const world = testWorld({ home, ...rest });
  return { world, person: personAtTerminal(file === undefined ? undefined : 'pw', world) };
}

describe('a person at a terminal', () => {
  it('is asked once for the passphrase of each key', async () => {
    const { person, world } = personWith({ answers: ['one', 'two'] });
    expect(await person.passphrase(OPEN)).toEqual({ text: 'one', source: 'the terminal' });
    expect(await person.passphrase(OPEN)).toMatchObject({ text: 'one' });
    expect(await person.passphrase({ title: 'other', purpose: 'open' })).toMatchObject({ text: 'two' });
    expect(world.written.error).toBe('Passphrase of the key: Passphrase of other: ');
  });

  it('types a new one twice', async () => {
    const { person } = personWith({ answers: ['new words', 'new words'] });
    expect(await person.passphrase(SET)).toMatchObject({ text: 'new words' });
    const { person: another } = personWith({ answers: ['new words', 'new word'] });
    await expect(another.passphrase(SET)).rejects.toMatchObject({
      code: 'DEVCA_PASSPHRASE_MISMATCH',
      exitStatus: 2,
    });
  });

  it('is asked again, but not for ever, where nothing is typed', async () => {
    const { person, world } = personWith({ answers: ['', 'words', 'words'] });
    expect(await person.passphrase(SET)).toMatchObject({ text: 'words' });
    const question = 'New passphrase for the key: ';
    expect(world.written.error).toBe(
      `${question}this passphrase cannot be used: it is empty\n${question}The same once more: `,
    );
    for (const request of [OPEN, SET])
      await expect(
        personWith({ answers: ['', '', '', 'words'] }).person.passphrase(request),
      ).rejects.toMatchObject({
        code: 'DEVCA_PASSPHRASE_UNUSABLE',
        context: { source: 'the terminal', reason: 'it is empty' },
      });
  });

  it('is told of a flaw before typing a new one twice', async () => {
    const flawOf = (text: string) => (text === 'short' ? 'it is short' : undefined);
    const { person, world } = personWith({ answers: ['short', 'longer', 'longer'] });
    expect(await person.passphrase({ ...SET, flawOf })).toMatchObject({ text: 'longer' });
    expect(world.written.error).toContain('this passphrase cannot be used: it is short\nNew passphrase');
    await expect(
      personWith({ answers: ['short', '', 'short', 'longer'] }).person.passphrase({ ...SET, flawOf }),
    ).rejects.toMatchObject({
      code: 'DEVCA_PASSPHRASE_UNUSABLE',
      context: { source: 'the terminal', reason: 'it is short' },
    });
  });

  it('has given none where the input ends: DEVCA_PASSPHRASE_ABSENT', async () => {
    for (const [request, answers] of [
      [OPEN, []],
      [SET, ['words']],
    ] as const)
      await expect(personWith({ answers: [...answers] }).person.passphrase(request)).rejects.toMatchObject({
        code: 'DEVCA_PASSPHRASE_ABSENT',
        exitStatus: 1,
      });
  });

  it('is not asked what the file or the variable says, the file first', async () => {
    const both = {
      file: 'of the file\nand more',
      passphrase: 'of the variable',
      answers: ['typed', 'typed'],
    };
    expect(await personWith(both).person.passphrase(OPEN)).toEqual({ text: 'of the file', source: '"pw"' });
    const { file: _, ...variable } = both;
    expect(await personWith(variable).person.passphrase(SET)).toMatchObject({ text: 'of the variable' });
  });

  it.each([
    ['with the line end of Windows', 'correct horse\r\n', 'correct horse'],
    ['without a line end', 'correct horse', 'correct horse'],
    ['with blanks', ' correct horse \n', ' correct horse '],
    ['empty', '', ''],
  ])('may have a file %s', async (_what, file, text) => {
    expect(await personWith({ file }).person.passphrase(OPEN)).toMatchObject({ text });
  });

  it('is asked for a changed one, whatever the file and the variable say', async () => {
    const { person } = personWith({ file: 'old', passphrase: 'old', answers: ['newer one', 'newer one'] });
    expect(await person.passphrase(CHANGE)).toMatchObject({ text: 'newer one', source: 'the terminal' });
    expect(await personWith({ file: 'old', passphrase: 'old' }).person.passphrase(CHANGE)).toBeUndefined();
  });

  it('names a file that is not there', async () => {
    const person = personAtTerminal('nowhere', testWorld({ home: scratchFolder() }));
    await expect(person.passphrase(OPEN)).rejects.toMatchObject({ code: 'DEVCA_FILE_NOT_FOUND' });
  });

  it('is told what is waited for', () => {
    const { person, world } = personWith({});
    person.tell('waiting');
    expect(world.written.error).toBe('waiting\n');
  });
});

describe('the variable with a passphrase', () => {
  it('is in no environment that is handed on', async () => {
    process.env[PASSPHRASE_VARIABLE] = 'correct horse';
    const world = realWorld();
    delete process.env[PASSPHRASE_VARIABLE];
    expect(JSON.stringify(world)).not.toContain('correct horse');
    expect(world.system.environment).not.toHaveProperty(PASSPHRASE_VARIABLE);
    expect(await world.person.passphrase(OPEN)).toEqual({
      text: 'correct horse',
      source: PASSPHRASE_VARIABLE,
    });
    world.person.tell('nothing');
    expect(withoutSecret(thisSystem()).passphrase).toBeUndefined();
  });
});
