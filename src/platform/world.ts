import { type Clock, systemClock } from './clock.ts';
import { type Exec, systemExec } from './exec.ts';
import { type Files, systemFiles } from './files.ts';
import { absentPerson, type Person } from './person.ts';
import { type RandomBytes, systemRandom } from './random.ts';
import { PASSPHRASE_VARIABLE, type System, thisSystem, withoutSecret } from './system.ts';
import { processTerminal, type Terminal } from './terminal.ts';

/**
 * Everything outside the program, passed as the last argument to whatever needs some of it.
 * A test passes a world of its own; the product has no other test hook.
 */
export interface World {
  readonly clock: Clock;
  readonly random: RandomBytes;
  readonly files: Files;
  readonly exec: Exec;
  readonly system: System;
  readonly terminal: Terminal;
  readonly person: Person;
}

/** The world of this process. Reads the environment once. */
export function realWorld(): World {
  const { system, passphrase } = withoutSecret(thisSystem());
  return {
    clock: systemClock,
    random: systemRandom,
    files: systemFiles,
    exec: systemExec(system),
    system,
    terminal: processTerminal(system),
    person: absentPerson(
      passphrase === undefined ? undefined : { text: passphrase, source: PASSPHRASE_VARIABLE },
    ),
  };
}
