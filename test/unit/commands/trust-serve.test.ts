import { get } from 'node:http';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { terminalOutput } from '../../../src/cli/output.ts';
import { chooseAddress } from '../../../src/commands/trust-serve-address.ts';
import { untilEnd } from '../../../src/commands/trust-serve-end.ts';
import { run } from '../../../src/run.ts';
import type { MachineAddress } from '../../../src/server/lan-address.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { type TestWorld, testWorld } from '../../support/test-world.ts';

const home = scratchFolder();

async function devca(...argv: string[]) {
  const world = realTime(testWorld({ home }));
  const status = await run(argv, world);
  return { status, ...world.written };
}

const realTime = (world: TestWorld): TestWorld => ({
  ...world,
  clock: { ...world.clock, now: () => new Date() },
});

const statusOf = (url: string): Promise<number | undefined> =>
  new Promise((resolve, reject) => {
    get(url, { agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode);
    }).on('error', reject);
  });

/** Waits for what a command prints first, and asks for it. */
async function visit(world: TestWorld): Promise<{ url: string; status: number | undefined }> {
  for (let attempt = 0; attempt < 200; attempt++) {
    const url = /http:\/\/[^\s"]+/.exec(world.written.out)?.[0];
    if (url !== undefined) return { url, status: await statusOf(url) };
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`it never said where: ${world.written.error}`);
}

beforeAll(async () => {
  await devca('init', '--no-trust');
});

describe('devca trust serve', () => {
  it('serves on loopback for the time that is given, and says who took what', async () => {
    const world = realTime(testWorld({ home }));
    const status = run(['trust', 'serve', '--minutes', '0.01'], world);
    const visited = await visit(world);
    expect(visited.status).toBe(200);
    expect(visited.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/[0-9a-f]{32}$/);
    expect(await status).toBe(0);
    expect(world.written.error).toMatch(
      /^\S+Z 127\.0\.0\.1 took the page\nthe time is over: the page is gone\n$/,
    );
    await expect(statusOf(visited.url)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  it('prints one document with --json, and everything else on standard error', async () => {
    const { status, out, error } = await devca('trust', 'serve', '--minutes', '0.001', '--json');
    expect(status).toBe(0);
    expect(JSON.parse(out)).toEqual({
      schema: 1,
      url: expect.stringMatching(/^http:/),
      address: '127.0.0.1',
      interface: null,
      until: expect.stringMatching(/Z$/),
      roots: [
        {
          name: expect.stringMatching(/^devca root /),
          sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
          notBefore: expect.any(String),
          notAfter: expect.any(String),
          permitted: expect.arrayContaining(['localhost']),
        },
      ],
    });
    expect(error).toBe('the time is over: the page is gone, and nobody has opened it\n');
  });

  it('has another path every time', async () => {
    const paths = new Set<string>();
    for (let count = 0; count < 3; count++) {
      const { out } = await devca('trust', 'serve', '--minutes', '0.0001', '--json');
      paths.add(new URL(JSON.parse(out).url).pathname);
    }
    expect(paths.size).toBe(3);
  });

  it('has the roots of every generation in use', async () => {
    const other = scratchFolder();
    await devca('init', '--no-trust', '--home', other);
    await devca('ca', 'roll', '--no-trust', '--home', other);
    const { out } = await devca('trust', 'serve', '--minutes', '0.0001', '--json', '--home', other);
    expect(JSON.parse(out).roots).toHaveLength(2);
  });

  it('warns of a root that may sign for every name', async () => {
    const other = scratchFolder();
    await devca('init', '--no-trust', '--unconstrained', '--home', other);
    const { out, error } = await devca('trust', 'serve', '--minutes', '0.0001', '--home', other);
    expect(error).toContain('devca: warning: a root without a constraint may sign for every name');
    expect(out).toContain('EVERY NAME');
  });

  it.each([
    [['--minutes', '0'], 'DEVCA_USAGE_VALUE', 2],
    [['--minutes', '61'], 'DEVCA_USAGE_VALUE', 2],
    [['--minutes', '-1'], 'DEVCA_USAGE_VALUE', 2],
    [['--minutes', '1e1'], 'DEVCA_USAGE_VALUE', 2],
    [['--minutes', 'Infinity'], 'DEVCA_USAGE_VALUE', 2],
    [['--minutes', '0.00001'], 'DEVCA_USAGE_VALUE', 2],
    [['--port', '65536'], 'DEVCA_USAGE_VALUE', 2],
    [['--port', '0'], 'DEVCA_USAGE_VALUE', 2],
    [['--lan', '0.0.0.0'], 'DEVCA_SERVER_ADDRESS_UNKNOWN', 2],
    [['--authority', 'nobody'], 'DEVCA_AUTHORITY_UNKNOWN', 3],
    [['--home', '/nowhere'], 'DEVCA_AUTHORITY_MISSING', 3],
    [['wlan0'], 'DEVCA_USAGE_INVALID', 2],
  ] as const)('%j is refused with %s', async (words, code, status) => {
    const outcome = await devca('trust', 'serve', ...words);
    expect(outcome).toMatchObject({ status, out: '', error: expect.stringContaining(`[${code}]`) });
  });
});

describe('the choice of a network', () => {
  const networks: readonly MachineAddress[] = [
    { network: 'wlan0', address: '192.168.1.5', internal: false },
    { network: 'eth0', address: '10.0.0.5', internal: false },
  ];
  const choose = async (answers: readonly string[] | undefined, json = false): Promise<string> => {
    const world = testWorld({ home, ...(answers === undefined ? {} : { answers }) });
    const output = terminalOutput({ json, quiet: false, colour: false }, world);
    try {
      const { address } = await chooseAddress('', { world, output }, networks);
      return `${address} of ${world.written.error}`;
    } catch (error) {
      return String((error as { code?: string }).code);
    }
  };

  it('is asked for on a terminal', async () => {
    expect(await choose(['2'])).toMatch(
      /^10\.0\.0\.5 of this machine is in several networks:[\s\S]*\n2 +eth0 +10\.0\.0\.5\n/,
    );
  });

  it.each([[undefined], [['']], [['3']], [['0']], [['x']]])(
    'is left to the person without a terminal or a clear answer (%j): DEVCA_SERVER_LAN_AMBIGUOUS',
    async (answers) => {
      expect(await choose(answers)).toBe('DEVCA_SERVER_LAN_AMBIGUOUS');
      expect(await choose(['1'], true)).toBe('DEVCA_SERVER_LAN_AMBIGUOUS');
    },
  );
});

describe('the end of serving', () => {
  const at = (ms: number): Date => new Date(ms);

  it('is when the wall clock says so, though the machine slept through it', async () => {
    let now = 1_000_000;
    const clock = { now: () => at(now), monotonicMs: () => 0 };
    const ended = untilEnd(at(now + 600_000), { clock });
    now += 600_000;
    expect(await ended).toBe('time');
  });

  it('is when so much time has passed, though somebody has set the clock back', async () => {
    let passed = 0;
    const clock = { now: () => at(0), monotonicMs: () => passed };
    const ended = untilEnd(at(600_000), { clock });
    passed = 600_000;
    expect(await ended).toBe('time');
  });
});
