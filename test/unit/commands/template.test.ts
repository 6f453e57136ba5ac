import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { run } from '../../../src/run.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { testWorld } from '../../support/test-world.ts';

let user: string;

const devca = async (...args: readonly string[]) => {
  // Takes the place of the machine's own roots, which are no matter here.
  const world = testWorld({ home: user, environment: { SSL_CERT_FILE: join(user, 'proxy.pem') } });
  const status = await run(args, world);
  return { status, out: world.written.out, error: world.written.error };
};

beforeEach(async () => {
  user = scratchFolder();
  await devca('init', '--no-trust', '--keystore', 'file');
  writeFileSync(join(user, 'proxy.pem'), readFileSync(join(user, '.local/share/devca/ca/intermediate.pem')));
});

describe('devca template', () => {
  it.each(['dockerfile', 'compose', 'devcontainer'])(
    'prints %s, and says how its files are written',
    async (name) => {
      const { status, out, error } = await devca('template', name);
      expect(status).toBe(0);
      expect(out).not.toMatch(/\{\{|undefined/);
      expect(out).toContain('NODE_EXTRA_CA_CERTS');
      expect(error).toContain(`"devca template ${name} --out ."`);
      expect(JSON.parse((await devca('template', name, '--json')).out)).toMatchObject({
        template: name,
        text: out,
      });
    },
  );

  it.each([
    ['devcontainer', '--service', 'x', 'is for the template compose'],
    ['dockerfile', '--certificate', 'api', 'is for the template compose'],
    ['compose', '--image', 'debian', 'is for the template devcontainer'],
    ['compose', '--service', 'a b', 'expected the name of a service'],
    ['compose', '--service', 'a/b', 'expected the name of a service'],
  ])('refuses %s %s %s', async (name, flag, value, reason) => {
    const { status, out, error } = await devca('template', name, flag, value);
    expect({ status, out }).toEqual({ status: 2, out: '' });
    expect(error).toContain(reason);
  });

  it('writes public files alone, leaves what is the same, and overwrites nothing else without being told', async () => {
    const { out } = await devca('template', 'compose', '--out', 'x', '--json');
    const { files } = JSON.parse(out);
    expect(files[0]).toBe(join(user, 'x/compose.devca.yaml'));
    for (const file of files) {
      expect(statSync(file).mode & 0o777).toBe(0o644);
      expect(readFileSync(file, 'latin1')).not.toContain('PRIVATE');
    }
    expect((await devca('template', 'compose', '--out', 'x')).status).toBe(0);
    writeFileSync(files[0], 'mine\n');
    const refused = (await devca('template', 'compose', '--out', 'x')).error;
    expect(refused).toContain('DEVCA_FILE_EXISTS');
    expect(refused).toContain('add "--force" to overwrite it');
    expect(readFileSync(files[0], 'utf8')).toBe('mine\n');
    expect((await devca('template', 'compose', '--out', 'x', '--force')).status).toBe(0);
    expect(readFileSync(files[0], 'utf8')).toContain('services:');
  });

  it('writes nothing where one of the files is something else', async () => {
    await devca('template', 'dockerfile', '--out', 'y');
    const [first = '', ...others] = readdirSync(join(user, 'y'), { recursive: true, encoding: 'utf8' })
      .map((name) => join(user, 'y', name))
      .filter((path) => statSync(path).isFile());
    for (const path of others) rmSync(path);
    writeFileSync(first, 'mine\n');
    expect((await devca('template', 'dockerfile', '--out', 'y')).status).toBe(1);
    expect(others.filter((path) => existsSync(path))).toEqual([]);
    expect(readFileSync(first, 'utf8')).toBe('mine\n');
  });

  it('names the files of a certificate, which stay where they are', async () => {
    await devca('issue', 'api.test');
    const { out } = await devca(
      'template',
      'compose',
      '--certificate',
      'api.test',
      '--service',
      'api',
      '--out',
      'x',
    );
    expect(out).toContain('compose.devca.yaml');
    const text = readFileSync(join(user, 'x/compose.devca.yaml'), 'utf8');
    expect(text).toContain(`  api-tls-key:\n    file: "${join(user, 'api.test-key.pem')}"`);
    expect(existsSync(join(user, 'x/devca/api.test-key.pem'))).toBe(false);
    expect((await devca('template', 'compose', '--certificate', 'nobody')).status).toBe(3);
  });

  it('knows which there are', async () => {
    const { status, error } = await devca('template', 'podman');
    expect({ status, error }).toEqual({
      status: 2,
      error: expect.stringContaining('dockerfile, compose, devcontainer'),
    });
  });
});
