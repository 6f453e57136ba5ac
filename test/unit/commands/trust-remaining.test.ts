import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { run } from '../../../src/run.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { type FakeMachine, fakeMachine } from '../truststore/fake-machine.ts';

const BUNDLE = '/etc/ssl/certs/ca-certificates.crt';
const ANCHORS = '/usr/local/share/ca-certificates';
const COMPANY = `${ANCHORS}/company.crt`;

let authority: string;
let machine: FakeMachine;
let canAsk: boolean;
let uid: number | undefined;

const devca = async (line: string, home = authority) => {
  const written = { out: '', error: '' };
  const terminal = {
    ...machine.world.terminal,
    canAsk,
    writeOut: (text: string | Uint8Array) => {
      written.out += String(text);
    },
    writeError: (text: string) => {
      written.error += text;
    },
  };
  const system = { ...machine.world.system, uid };
  const words = [...line.split(' '), '--home', home];
  return { status: await run(words, { ...machine.world, terminal, system }), ...written };
};

const rootPem = (): string => readFileSync(join(authority, 'ca/root.pem'), 'utf8');

/** As somebody other than devca puts it there. */
function addByHand(pem: string): void {
  machine.write(COMPANY, pem);
  rebuild();
}

function rebuild(): object {
  const files = machine.world.files.list(ANCHORS).map((name) => machine.read(`${ANCHORS}/${name}`) ?? '');
  machine.write(BUNDLE, `OTHER ROOTS\n${files.join('')}`);
  return {};
}

beforeEach(async () => {
  authority = join(scratchFolder(), 'home');
  machine = fakeMachine({ folder: scratchFolder(), seen: authority });
  uid = process.getuid?.();
  canAsk = true;
  machine.write('/etc/debian_version', '12.9\n');
  machine.write(BUNDLE, 'OTHER ROOTS\n');
  machine.write(`${ANCHORS}/.keep`);
  machine.programs.set('sudo', () => ({}));
  machine.programs.set('update-ca-certificates', rebuild);
  await devca('init --no-trust --keystore file');
});

describe('a root that something other than devca has put into a store', () => {
  it('is trusted after its generation is retired, which is said with what takes it out', async () => {
    addByHand(rootPem());
    await devca('ca roll --no-trust');
    const { status, out, error } = await devca('ca retire');
    expect(status).toBe(4);
    expect(out).toMatch(/^retired generation 1 /);
    expect(error).toContain('the trust store "system" still trusts "CN=devca root ');
    expect(error).toContain('which something other than devca put there: to take it out run "');
    expect(error).toContain(`rm ${COMPANY} && `);
  });

  it('is in the document of a retirement too', async () => {
    addByHand(rootPem());
    await devca('ca roll --no-trust');
    const { status, out } = await devca('ca retire --json');
    expect(status).toBe(4);
    expect(JSON.parse(out)).toMatchObject({
      retired: true,
      remaining: [{ store: 'system', fix: expect.stringContaining(`rm ${COMPANY} `) }],
    });
  });

  it('is said by an uninstall, and by the end of the authority', async () => {
    addByHand(rootPem());
    const uninstalled = await devca('trust uninstall --store system');
    expect(uninstalled).toMatchObject({
      status: 4,
      out: expect.stringContaining(`to mend it:\n  `),
      error: expect.stringContaining('still trusts'),
    });
    expect(uninstalled.out).not.toContain('devca trust install');
    expect(await devca('ca destroy --yes')).toMatchObject({
      status: 4,
      out: expect.stringMatching(/^destroyed /),
      error: expect.stringContaining('still trusts'),
    });
  });

  it('is no matter once it is gone', async () => {
    expect(await devca('trust install --store system')).toMatchObject({ status: 0 });
    expect(await devca('trust uninstall --store system')).toMatchObject({ status: 0, error: '' });
    expect(await devca('trust uninstall --store system')).toMatchObject({
      status: 0,
      error: 'no store had it: nothing was changed\n',
    });
  });
});

describe('a store that cannot be changed', () => {
  it('keeps a generation and the whole authority, and it is said how to go on', async () => {
    await devca('trust install --store system');
    await devca('ca roll --no-trust');
    machine.programs.set('update-ca-certificates', () => ({ status: 1, stderr: 'no space left' }));
    for (const command of ['ca retire', 'ca destroy --yes']) {
      const { status, out, error } = await devca(command);
      expect(status).toBe(5);
      expect(out).toMatch(/to mend it:\n {2}mend what the program names/);
      expect(error).toContain('or leave the stores alone with "--no-trust"');
    }
  });
});

describe('devca trust uninstall', () => {
  it('shows the stores as they are after the last root went', async () => {
    await devca('trust install --store system');
    await devca('ca roll --no-trust');
    await devca('trust install --store system');
    const { status, out } = await devca('trust uninstall --store system --json');
    expect(status).toBe(0);
    const rows: readonly { status: string; changed: boolean }[] = JSON.parse(out).stores;
    expect(rows.map(({ status: state, changed }) => [state, changed])).toEqual([
      ['not-trusted', true],
      ['not-trusted', true],
    ]);
  });

  it('gives the commands where it cannot become root, also without the authority', async () => {
    await devca('trust install --store system');
    canAsk = false;
    uid = 1000;
    const { status, out } = await devca('trust uninstall --store system', join(authority, 'none'));
    expect(status).toBe(5);
    expect(out).toMatch(
      /to mend it:\n {2}devca trust uninstall --home \S+ --sha256 [0-9a-f]{16} --store system --dry-run \| sh\n$/,
    );
  });

  it('tells roots of one name apart by their fingerprints', async () => {
    await devca('init --no-trust --keystore file --name work');
    await devca('trust install --store system');
    await devca('trust install --store system --authority work');
    const { status, out } = await devca('trust uninstall --store system --all');
    expect(status).toBe(0);
    expect(out.match(/^system +not-trusted +devca root \S+ 1 \([0-9a-f]{16}\) /gm)).toHaveLength(2);
  });

  it('says that nothing was installed, instead of an empty table', async () => {
    expect(await devca('ca destroy --yes --no-trust')).toMatchObject({ status: 0 });
    expect(await devca('trust uninstall')).toMatchObject({
      status: 0,
      out: 'no root of devca is in a store of this user; nothing was changed\n',
    });
  });
});
