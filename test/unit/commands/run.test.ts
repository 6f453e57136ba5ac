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

  it.each(['2026-13-01', '2026-02-30', '2026-12-01T25:00', 'tomorrow'])(
    'takes no day or time that is none: %s',
    async (time) => {
      const { status, error } = await devca('issue', 'a.test', '--not-before', time);
      expect(status).toBe(2);
      expect(error).toContain('[DEVCA_USAGE_VALUE]');
    },
  );

  it.each([
    [['-install'], 'devca init'],
    [['--install'], 'devca init'],
    [['--home', '/a b', '-install'], "devca init --home '/a b'"],
    [['-uninstall'], 'devca trust uninstall'],
    [['-CAROOT'], 'devca ca show'],
    [['-version'], 'devca --version'],
    [['version'], 'devca --version'],
    [['install'], 'devca trust install'],
    [['uninstall'], 'devca trust uninstall'],
    [['status'], 'devca trust status'],
    [['backup', '--out', 'x'], 'devca ca backup'],
    [['serve'], 'devca trust serve'],
    [['import'], 'devca ca import'],
    [['restore'], 'devca ca restore'],
    [['roll'], 'devca ca roll'],
    [['unistall'], 'devca trust uninstall'],
    [['trust', 'remove'], 'devca trust uninstall'],
    [['trust', 'servr'], 'devca trust serve'],
    [['example.test'], 'devca issue example.test'],
    [['localhost', '127.0.0.1'], 'devca issue localhost 127.0.0.1'],
    [['*.test', '::1'], "devca issue '*.test' ::1"],
    [['alice@example.com'], 'devca issue --profile client alice@example.com'],
    [['spiffe://a.test/orders'], 'devca issue --profile service --trust-domain a.test orders'],
    [['server.pem'], 'devca show server.pem'],
    [['localhost:8443'], 'devca handshake localhost:8443'],
    [['-client', 'alice'], 'devca issue --profile client alice'],
    [['-csr', 'x y.csr'], "devca issue --csr 'x y.csr'"],
    [
      ['-key-file', 'k.pem', '-cert-file=c.pem', 'a.test'],
      'devca issue --key-file k.pem --cert-file c.pem a.test',
    ],
    [['-p12-file', 'out/a.p12', 'a.test'], 'devca issue --out out --format p12 a.test'],
    [['-pkcs12', '-key-file', 'k.pem', 'a'], 'devca issue --key-file k.pem --format pem,p12 a'],
    [['a.test', '-pkcs12'], 'devca issue --format p12 a.test'],
    [['--profile', 'client', 'alice'], 'devca issue --profile client alice'],
    [['issue', '-client', 'a'], 'devca issue --profile client a'],
    [['issue', '-pkcs12', 'a'], 'devca issue --format p12 a'],
    [['issue', '-ecdsa', 'a'], 'devca issue a'],
    [['run', 'ls', '-la'], 'devca run -- ls -la'],
    [['run', '--only', 'node', 'ls', '--all', 'a b'], "devca run --only node -- ls --all 'a b'"],
    [['run', '--onyl', 'x', '--', 'ls'], '--only'],
  ])('%j leads to %s', async (argv, meant) => {
    const { status, out, error } = await devca(...argv);
    expect({ status, out }).toEqual({ status: 2, out: '' });
    expect(error).toContain(`hint: did you mean "${meant}"?`);
  });

  it('says that P-256 is the default to who asks for ECDSA', async () => {
    for (const argv of [
      ['-ecdsa', 'a.test'],
      ['issue', '-ecdsa', 'a.test'],
    ])
      expect((await devca(...argv)).error).toContain('"devca issue a.test"? (P-256 is the default)');
  });

  it.each([[['--bogus']], [['--bogus', 'a']], [['-x', 'a.test']], [['-csr']]])(
    '%j names the flag that nobody has, and guesses at nothing',
    async (argv) => {
      const { status, error } = await devca(...argv);
      expect({ status, lines: error.split('\n').length }).toEqual({ status: 2, lines: 3 });
      expect(error).toContain(`"devca" has no flag "${argv[0]}" [DEVCA_USAGE_UNKNOWN_FLAG]`);
      expect(error).toContain('hint: run "devca --help"');
    },
  );

  it('names the flag that a group has not, and the words that are no command', async () => {
    expect((await devca('trust', '--bogus')).error).toContain('"devca trust" has no flag "--bogus"');
    for (const word of ['a"b', '$(id)', 'xyzzy']) {
      const { error } = await devca(word);
      expect(error).toContain(`there is no command "${word}"`);
      expect(error).not.toContain('did you mean');
    }
  });

  it('says where the program of "devca run" stands', async () => {
    expect((await devca('run', 'npm', 'test')).error).toContain('as in "devca run -- npm test"');
  });

  it('gives its version and its commands as JSON too', async () => {
    for (const argv of [
      ['--version', '--json'],
      ['--json', '-V'],
    ])
      expect(JSON.parse((await devca(...argv)).out)).toEqual({ schema: 1, version: expect.any(String) });
    for (const [argv, count] of [
      [['--json'], COMMANDS.length],
      [['trust', '--json'], 5],
    ] as const) {
      const { out, error } = await devca(...argv);
      expect(error).toBe('');
      expect(JSON.parse(out).commands).toHaveLength(count);
    }
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
