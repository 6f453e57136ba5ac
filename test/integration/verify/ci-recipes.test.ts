import { execFile, spawnSync } from 'node:child_process';
import { chmodSync, readFileSync } from 'node:fs';
import type { AddressInfo, Socket } from 'node:net';
import { resolve } from 'node:path';
import { createServer } from 'node:tls';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parseSecretYaml, type YamlNode } from '../../../src/verification/secret-yaml.ts';
import { PROJECT } from '../../support/devca.ts';
import { VerifyLab } from './lab.ts';

const lab = new VerifyLab();
const text = readFileSync(resolve(PROJECT, 'docs/ci.md'), 'utf8');
const blocks = [...text.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map(([, language = '', code = '']) => ({
  language,
  code,
}));
const documents = blocks
  .filter(({ language }) => language === 'yaml')
  .flatMap(({ code }) => parseSecretYaml(code, 'docs/ci.md'));
const [github, gitlab, preCommit] = documents;
let environment: Record<string, string> = {};
const sockets: Socket[] = [];
const server = createServer().on('connection', (socket: Socket) => sockets.push(socket));

beforeAll(async () => {
  await lab.devca('init', '--no-trust');
  await lab.devca(
    'issue',
    'api.test',
    '127.0.0.1',
    '--out',
    'deploy/certs',
    '--cert-file',
    'deploy/certs/api.test.pem',
    '--key-file',
    'key.pem',
  );
  const { certificates } = JSON.parse((await lab.devca('list', '--json')).out);
  const chain = readFileSync(certificates[0].files.fullchain, 'utf8');
  const key = readFileSync(lab.path('key.pem'), 'utf8');
  const encode = (value: string) => Buffer.from(value).toString('base64');
  lab.write('deploy/certs/api.test-fullchain.pem', chain);
  lab.write('deploy/root.pem', readFileSync(lab.path('.local/share/devca/ca/root.pem')));
  lab.write(
    'deploy/secret.yaml',
    `apiVersion: v1\nkind: Secret\ndata:\n  tls.crt: ${encode(chain)}\n  tls.key: ${encode(key)}\n`,
    0o600,
  );
  // What runs is this source, under the name that it is installed by; it must need no home.
  const main = JSON.stringify(resolve(PROJECT, 'src/main.ts'));
  lab.write('bin/devca.mjs', `import { main } from ${main};\nprocess.exitCode = await main();\n`);
  lab.write(
    'bin/devca',
    `#!/bin/sh\nexec "${process.execPath}" --no-warnings "${lab.path('bin/devca.mjs')}" "$@"\n`,
  );
  lab.write('bin/npx', '#!/bin/sh\n[ "$1 $2" = "--yes devca" ] || exit 99\nshift 2\nexec devca "$@"\n');
  for (const program of ['devca', 'npx']) chmodSync(lab.path(`bin/${program}`), 0o755);
  // A tool's settings about trust are no matter of certificates.
  lab.write('.config/pip/pip.conf', '[global]\ncert = /etc/ssl/certs/ca-certificates.crt\n');
  server.setSecureContext({ cert: chain, key });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  environment = {
    PATH: `${lab.path('bin')}:/usr/bin:/bin`,
    HOME: lab.path('nobody'),
    KEY_FILE: lab.path('key.pem'),
    GITHUB_STEP_SUMMARY: lab.path('summary.md'),
    SERVER: `127.0.0.1:${(server.address() as AddressInfo).port}`,
  };
});
afterAll(() => {
  for (const socket of sockets) socket.destroy();
  server.close();
});

const sh = (command: string) =>
  spawnSync('sh', ['-c', command], { cwd: lab.folder, env: environment, encoding: 'utf8', timeout: 20_000 });

/** Every text under a key of this name, wherever it stands. */
function textsOf(name: string, node: YamlNode | undefined): string[] {
  if (node?.kind === 'list') return node.items.flatMap((item) => textsOf(name, item));
  if (node?.kind !== 'map') return [];
  return [...node.entries].flatMap(([key, value]) => {
    if (key !== name) return textsOf(name, value);
    if (value.kind === 'list')
      return value.items.flatMap((item) => (item.kind === 'scalar' ? [item.text] : []));
    return value.kind === 'scalar' ? [value.text] : [];
  });
}

const commands = blocks.filter(({ language }) => language === 'sh').map(({ code }) => code.trim());

describe('the recipes of docs/ci.md', () => {
  // Not waited for synchronously, since the server of one is in this process.
  it.each(commands)('%s', async (command) => {
    const home = command.startsWith('devca doctor') ? { HOME: lab.folder } : {};
    const env = { ...environment, ...home };
    const outcome = await promisify(execFile)('sh', ['-c', command], { cwd: lab.folder, env });
    expect(outcome.stderr).toBe('');
    expect(
      outcome.stdout + (command.includes('>') ? readFileSync(lab.path('devca.xml'), 'utf8') : ''),
    ).toMatch(/^good {2}|name="valid"|^nothing is wrong$/m);
  });

  it('has a job for GitHub whose steps pass with what is good', () => {
    const steps = textsOf('run', github);
    expect(steps).toHaveLength(3);
    for (const step of steps) expect(sh(step)).toMatchObject({ status: 0, stdout: '', stderr: '' });
    expect(readFileSync(lab.path('summary.md'), 'utf8')).toContain('### Certificates: all good');
    expect(JSON.parse(readFileSync(lab.path('devca.sarif'), 'utf8'))).toMatchObject({ version: '2.1.0' });
  });

  it('has a job for GitHub whose first step alone fails with what is bad', () => {
    lab.write(
      'deploy/certs/old.pem',
      readFileSync(lab.path('.local/share/devca/ca/root.pem'), 'utf8').replace(/[A-Z]/, '*'),
    );
    lab.write('deploy/certs/alone.pem', readFileSync(lab.path('deploy/certs/api.test.pem')));
    for (const name of ['api.test.pem', 'api.test-fullchain.pem', 'old.pem']) sh(`mv deploy/certs/${name} .`);
    const statuses = textsOf('run', github).map((step) => sh(step).status);
    sh('rm deploy/certs/alone.pem && mv api.test.pem api.test-fullchain.pem deploy/certs');
    expect(statuses).toEqual([4, 0, 0]);
  });

  it('has a job for GitLab that leaves its report', () => {
    const [script = ''] = textsOf('script', gitlab);
    expect(sh(script)).toMatchObject({ status: 0, stdout: '', stderr: '' });
    const [report = ''] = textsOf('junit', gitlab);
    expect(readFileSync(lab.path(report), 'utf8')).toContain('<testsuites name="devca verify"');
  });

  it('has a hook for pre-commit that takes files as arguments', () => {
    const [entry = ''] = textsOf('entry', preCommit);
    const [pattern = ''] = textsOf('files', preCommit);
    const files = ['deploy/certs/api.test-fullchain.pem', 'deploy/certs/api.test.pem', 'key.pem'];
    const staged = files.filter((file) => new RegExp(pattern).test(file));
    expect(staged).toEqual([files[0]]);
    expect(sh(`${entry} ${staged.join(' ')}`).status).toBe(0);
  });
});
