import { resolve } from 'node:path';
import { DevcaError } from '../errors/devca-error.ts';
import { forTerminal } from '../platform/escape.ts';
import type { GivenPassphrase, PassphraseRequest, Person } from '../platform/person.ts';
import type { World } from '../platform/world.ts';

type PersonWorld = Pick<World, 'files' | 'person' | 'system' | 'terminal'>;

/**
 * Whoever has typed a command line. A passphrase comes from the file that they named, else from what the world's own
 * person has given (the environment), else from the terminal, where it is asked once for each key.
 */
export function personAtTerminal(file: string | undefined, world: PersonWorld): Person {
  const known = new Map<string, GivenPassphrase>();
  return {
    passphrase: async (request) => {
      const earlier = known.get(`${request.purpose} ${request.title}`);
      const given =
        earlier ??
        (request.purpose !== 'change' && file !== undefined ? readPassphrase(file, world) : undefined) ??
        (await world.person.passphrase(request)) ??
        (world.terminal.canAsk ? await askFor(request, world) : undefined);
      if (given !== undefined) known.set(`${request.purpose} ${request.title}`, given);
      return given;
    },
    tell: (text) => world.terminal.writeError(`${forTerminal(text)}\n`),
  };
}

/** The first line of a file, without its line end. What the key stores make of it is their business. */
export function readPassphrase(file: string, world: Pick<World, 'files' | 'system'>): GivenPassphrase {
  const bytes = world.files.readNamed(resolve(world.system.workingFolder, file), LARGEST_FILE);
  const [text = ''] = Buffer.from(bytes).toString('utf8').split(/\r?\n/, 1);
  bytes.fill(0);
  return { text, source: `"${file}"` };
}

const LARGEST_FILE = 64 * 1024;

/** How often somebody may type one that cannot be used, or press Enter alone. */
const ATTEMPTS = 3;

async function askFor(
  { title, purpose, flawOf }: PassphraseRequest,
  { terminal }: PersonWorld,
): Promise<GivenPassphrase> {
  const name = forTerminal(title);
  const source = 'the terminal';
  const question = purpose === 'open' ? `Passphrase of ${name}: ` : `New passphrase for ${name}: `;
  const askOnce = async (words: string): Promise<string> => {
    const answer = await terminal.askHidden(words);
    if (answer === undefined) throw new DevcaError('DEVCA_PASSPHRASE_ABSENT', { what: title });
    return answer;
  };
  let flaw: string | undefined;
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const text = await askOnce(question);
    flaw = text === '' ? 'it is empty' : flawOf?.(text);
    if (flaw !== undefined) {
      terminal.writeError(`this passphrase cannot be used: ${flaw}\n`);
      continue;
    }
    if (purpose !== 'open' && (await askOnce('The same once more: ')) !== text)
      throw new DevcaError('DEVCA_PASSPHRASE_MISMATCH', {});
    return { text, source };
  }
  throw new DevcaError('DEVCA_PASSPHRASE_UNUSABLE', { source, reason: flaw ?? 'it is empty' });
}
