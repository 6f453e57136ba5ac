import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { run } from '../../../src/run.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { testWorld } from '../../support/test-world.ts';

let user: string;

/** The variable takes the place of the machine's own roots, which are no matter here. */
const devca = async (args: readonly string[], environment: Readonly<Record<string, string>> = {}) => {
  const proxy = join(user, 'proxy.pem');
  const world = testWorld({ home: user, environment: { SSL_CERT_FILE: proxy, ...environment } });
  const status = await run(args, world);
  return { status, out: world.written.out, error: world.written.error };
};

const jsonOf = async (args: readonly string[], environment?: Readonly<Record<string, string>>) =>
  JSON.parse((await devca([...args, '--json'], environment)).out);

const root = (name = 'root') => readFileSync(join(user, `.local/share/devca/ca/${name}.pem`), 'utf8');

beforeEach(async () => {
  user = scratchFolder();
  await devca(['init', '--no-trust', '--keystore', 'file']);
  // Any certificate does for a company's.
  writeFileSync(join(user, 'proxy.pem'), root('intermediate'));
});

describe('devca env', () => {
  it('prints lines for a shell, and with --json what they are about', async () => {
    const { status, out, error } = await devca(['env', '--only', 'openssl']);
    expect({ status, error }).toEqual({ status: 0, error: '' });
    const path = /^export SSL_CERT_FILE=(\S+)$/m.exec(out)?.[1] ?? '';
    expect(out).toBe(`export SSL_CERT_FILE=${path}\n`);
    expect(readFileSync(path, 'utf8').endsWith(root('intermediate') + root())).toBe(true);
    expect(await jsonOf(['env', '--only', 'openssl'])).toEqual({
      schema: 1,
      variables: [
        {
          name: 'SSL_CERT_FILE',
          value: path,
          effect: 'replaces',
          runtimes: ['openssl', 'curl', 'python', 'go', 'rust', 'ruby', 'php', 'dotnet'],
          sources: [{ kind: 'file', path: join(user, 'proxy.pem') }],
          certificates: 2,
        },
      ],
    });
  });

  it('undoes what it has set', async () => {
    const { variables } = await jsonOf(['env', '--only', 'openssl,node', '--without', 'git,curl']);
    const set = Object.fromEntries(
      variables.map(({ name, value }: { name: string; value: string }) => [name, value]),
    );
    expect(Object.keys(set)).toEqual(['NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE']);
    const { out } = await devca(['env', '--unset'], set);
    expect(out).toBe(`unset NODE_EXTRA_CA_CERTS\nexport SSL_CERT_FILE=${join(user, 'proxy.pem')}\n`);
    expect((await jsonOf(['env', '--unset'], set)).variables).toEqual([
      { name: 'NODE_EXTRA_CA_CERTS', value: null },
      { name: 'SSL_CERT_FILE', value: join(user, 'proxy.pem') },
    ]);
    expect((await devca(['env', '--unset'])).out).toBe('');
  });

  it('does not undo where nothing can be undone', async () => {
    const { status, error } = await devca(['env', '--unset', '--shell', 'dotenv']);
    expect({ status, error }).toEqual({ status: 2, error: expect.stringContaining('in dotenv') });
  });

  it('trusts every generation of every authority in use, or one authority', async () => {
    await devca(['init', '--name', 'work', '--no-trust', '--keystore', 'file']);
    await devca(['ca', 'roll', '--no-trust']);
    const certificates = async (...flags: string[]) =>
      (await jsonOf(['env', '--only', 'deno', ...flags])).variables.at(-1).certificates;
    expect(await certificates()).toBe(3);
    expect(await certificates('--authority', 'work')).toBe(1);
    expect((await devca(['env', '--authority', 'nobody'])).error).toContain('DEVCA_AUTHORITY_UNKNOWN');
  });

  it('knows which runtimes there are', async () => {
    const { status, error } = await devca(['env', '--only', 'node,perl']);
    expect({ status, error }).toEqual({ status: 2, error: expect.stringContaining('cannot be "perl"') });
  });

  it('warns of settings that stand above the variables', async () => {
    writeFileSync(join(user, '.curlrc'), `cacert = ${join(user, 'proxy.pem')}\n`);
    writeFileSync(join(user, '.npmrc'), `cafile = ${join(user, 'proxy.pem')}\n`);
    const { status, out, error } = await devca(['env', '--without', 'java']);
    expect(status).toBe(0);
    expect(out).toContain('export npm_config_cafile=');
    expect(error).toContain(`cacert in "${join(user, '.curlrc')}" stands above the variables`);
    expect(error).not.toContain('cafile');
  });

  it('needs an authority', async () => {
    expect((await devca(['env', '--home', join(user, 'nowhere')])).status).toBe(3);
  });
});

describe('devca run', () => {
  it('sets the variables for one command and gives its status', async () => {
    const names = 'SSL_CERT_FILE NODE_EXTRA_CA_CERTS';
    const script = `for name in ${names}; do eval "[ -f \\"\\$$name\\" ]" || exit 9; done; [ -z "$DEVCA_PASSWORD" ] && exit 7`;
    const environment = { DEVCA_PASSWORD: 'a secret', PATH: process.env['PATH'] ?? '' };
    const { status, error } = await devca(
      ['run', '--without', 'java', '--', 'sh', '-c', script],
      environment,
    );
    expect({ status, error }).toEqual({ status: 7, error: '' });
  });

  it.each([[[]], [['echo']], [['echo', '--', 'echo']]])('takes a command after --, not %j', async (words) => {
    const { status, error } = await devca(['run', ...words]);
    expect({ status, error }).toEqual({ status: 2, error: expect.stringContaining('after "--"') });
  });

  it.each([
    ['no-such-command-of-devca', 127, 'DEVCA_RUN_MISSING'],
    ['/', 126, 'DEVCA_RUN_REFUSED'],
  ])('says what is the matter with the command %s', async (command, expected, code) => {
    const { status, error } = await devca(['run', '--without', 'java', '--', command]);
    expect({ status, error }).toEqual({ status: expected, error: expect.stringContaining(code) });
  });

  it('runs nothing where what is trusted today cannot be read', async () => {
    const marker = join(user, 'ran');
    const { status, error } = await devca(['run', '--', 'touch', marker], { GIT_SSL_CAINFO: '/nowhere' });
    expect({ status, error }).toEqual({ status: 1, error: expect.stringContaining('DEVCA_RUNTIME_ROOTS') });
    expect(() => readFileSync(marker)).toThrow();
  });
});

describe('devca trust status', () => {
  const status = ['trust', 'status', '--store', 'nss'];

  it('shows the variables that stand above the stores, with what mends them', async () => {
    const { environment } = await jsonOf(status, { NODE_TLS_REJECT_UNAUTHORIZED: '0' });
    expect(environment).toMatchObject([
      { variable: 'SSL_CERT_FILE', effect: 'replaces', status: 'not-trusted', fix: 'eval "$(devca env)"' },
      { variable: 'NODE_TLS_REJECT_UNAUTHORIZED', effect: 'off', status: 'verification-off' },
    ]);
    const { out } = await devca(status);
    expect(out).toContain('variables of this environment that stand above the stores:\nVARIABLE ');
    expect(out).toMatch(/\nto mend it:\n {2}eval "\$\(devca env\)"\n$/);
  });

  it('shows the settings of tools that do, too', async () => {
    writeFileSync(join(user, '.curlrc'), 'insecure\n');
    const { settings } = await jsonOf(status);
    expect(settings).toMatchObject([
      { file: join(user, '.curlrc'), setting: 'insecure', effect: 'off', status: 'verification-off' },
    ]);
    const { out } = await devca(status);
    expect(out).toContain('settings of tools that stand above the stores:\nFILE ');
    expect(out).toMatch(/\nto mend it:\n {2}eval "\$\(devca env\)"\n {2}sed -i.bak .*\.curlrc\n$/);
  });

  it('says nothing of them where there are none', async () => {
    expect((await jsonOf(status, { SSL_CERT_FILE: '' })).environment).toEqual([]);
    expect((await devca(status, { SSL_CERT_FILE: '' })).out).not.toMatch(/VARIABLE|SETTING/);
  });
});
