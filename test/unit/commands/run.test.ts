import { describe, expect, it } from '@jest/globals';
import { COMMANDS } from '../../../src/commands/index.ts';
import { type EnterWorld, run } from '../../../src/run.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { testWorld } from '../../support/test-world.ts';

const home = scratchFolder();

async function devca(...argv: string[]) {
  const world = testWorld({ home });
  const status = await run(argv, world);
  return { status, ...world.written };
}

describe('devca', () => {
  it('shows its commands on standard error and exits 2 where none is given', async () => {
    const { status, out, error } = await devca();
    expect({ status, out }).toEqual({ status: 2, out: '' });
    for (const { name } of COMMANDS) expect(error).toContain(`  ${name} `);
  });

  it.each([[['--help']], [['-h']], [['help']]])('%j shows the same on standard output', async (argv) => {
    expect(await devca(...argv)).toMatchObject({
      status: 0,
      error: '',
      out: expect.stringContaining('Commands'),
    });
  });

  it('suggests the command that was meant: DEVCA_USAGE_UNKNOWN_COMMAND', async () => {
    const { status, error } = await devca('isue', 'localhost');
    expect(status).toBe(2);
    expect(error).toContain('[DEVCA_USAGE_UNKNOWN_COMMAND]');
    expect(error).toContain('did you mean "devca issue"?');
    expect((await devca('trust', 'instal')).error).toContain('did you mean "devca trust install"?');
  });

  it('takes global flags before the command', async () => {
    expect((await devca('--home', '/nowhere', 'list')).error).toContain('/nowhere');
  });

  it('says errors as JSON with --json', async () => {
    const { status, out, error } = await devca('list', '--json');
    expect({ status, error }).toEqual({ status: 3, error: '' });
    expect(JSON.parse(out)).toMatchObject({ schema: 1, error: { code: 'DEVCA_INVENTORY_MISSING' } });
  });

  it('says errors as JSON with --report json, in both spellings', async () => {
    for (const words of [['--report', 'json'], ['--report=json']]) {
      expect(JSON.parse((await devca('verify', 'nothing.pem', ...words)).out)).toHaveProperty('schema', 1);
    }
  });

  it('enters the world of who called it for a command, not for its help', async () => {
    const homes: (string | undefined)[] = [];
    const world = testWorld({ home });
    const other = testWorld({ home: '/home/other' });
    const enter: EnterWorld = async (flag) => {
      homes.push(flag);
      return other;
    };
    await run(['list', '--help'], world, enter);
    expect(homes).toEqual([]);
    expect(await run(['list'], world, enter)).toBe(3);
    expect(await run(['--home', '/x', 'list'], world, enter)).toBe(3);
    expect(homes).toEqual([undefined, '/x']);
    expect(world.written.error).toContain('/home/other');
  });

  it('has nothing of --json before -- in what is after it', async () => {
    expect((await devca('list', '--', '--json')).out).toBe('');
  });

  it('shows the commands of a group without the examples of others', async () => {
    const { out } = await devca('ca', '--help');
    expect(out).toContain('ca roll');
    expect(out).not.toMatch(/Examples|trust status|devca init/);
    expect((await devca('--help')).out).toContain('Examples');
  });

  it.each(COMMANDS.map(({ name }) => name))(
    '%s --help shows usage and at least one example',
    async (name) => {
      const { status, out } = await devca(...name.split(' '), '--help');
      expect(status).toBe(0);
      expect(out).toContain(`devca ${name}`);
      expect(out.slice(out.indexOf('Examples'))).toContain(`devca ${name.split(' ')[0]}`);
    },
  );

  it.each(COMMANDS.map(({ name }) => name))(
    '%s has the same summary in the list and in its own help',
    async (name) => {
      const entry = COMMANDS.find((candidate) => candidate.name === name);
      expect((await entry?.load())?.summary).toBe(entry?.summary);
    },
  );
});
