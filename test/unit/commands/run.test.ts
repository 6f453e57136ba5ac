import { describe, expect, it } from '@jest/globals';
import { COMMANDS } from '../../../src/commands/index.ts';
import { run } from '../../../src/run.ts';
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

  it('says through sudo that it works on the home of root, unless a home is named', async () => {
    const warned = async (environment: Record<string, string>, ...argv: string[]) => {
      const world = testWorld({ home, environment, system: { uid: 0 } });
      await run(['list', ...argv], world);
      return world.written.error.includes("root's own authority");
    };
    expect(await warned({ SUDO_UID: '1000' })).toBe(true);
    expect(await warned({ SUDO_UID: '1000', DEVCA_HOME: home })).toBe(false);
    expect(await warned({ SUDO_UID: '1000' }, '--home', home)).toBe(false);
    expect(await warned({})).toBe(false);
  });

  it('has nothing of --json before -- in what is after it', async () => {
    expect((await devca('list', '--', '--json')).out).toBe('');
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
