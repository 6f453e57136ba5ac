import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { devca, PROJECT } from '../../support/devca.ts';
import { describeWith } from '../../support/tools.ts';
import { type RuntimeLab, runtimeLab } from './lab.ts';
import { parseYaml, runInScratchRoot } from './scratch-root.ts';

const FOLDER = '/usr/local/share/devca';
const FETCH = resolve(import.meta.dirname, '../trust-everything/programs/fetch.mjs');
const JAVA = resolve(import.meta.dirname, '../java/programs/Fetch.java');

const clientsFor = (url: string, node: string) => [
  {
    name: 'OpenSSL',
    words: [
      'sh',
      '-c',
      `printf 'GET / HTTP/1.0\\r\\n\\r\\n' | openssl s_client -quiet -verify_return_error -connect ${url.split('/')[2]}`,
    ],
  },
  { name: 'curl', words: ['curl', '-sS', url] },
  { name: 'wget', words: ['wget', '-qO-', url] },
  {
    name: 'Python',
    words: ['/usr/bin/python3', '-c', `import urllib.request as r; print(r.urlopen('${url}').read())`],
  },
  {
    name: 'requests',
    words: ['/usr/bin/python3', '-c', `import requests; print(requests.get('${url}').text)`],
  },
  { name: 'Node', words: [node, FETCH, url] },
  { name: 'Java', words: ['java', JAVA, url] },
];

describeWith(
  [
    'unshare',
    'openssl',
    'curl',
    'wget',
    'python3',
    'node22',
    'java',
    'keytool',
    'update-ca-certificates',
    'ruby',
    'shellcheck',
  ],
  'devca template',
  () => {
    let lab: RuntimeLab;
    let node: string;
    beforeAll(async () => {
      lab = await runtimeLab();
      node = join(lab.home, 'node');
      const path = execFileSync('sh', ['-c', 'command -v node22'], { encoding: 'utf8' }).trim();
      copyFileSync(path, node);
    });
    afterAll(() => lab[Symbol.dispose]());

    const write = (kind: string, ...flags: string[]): string => {
      const folder = join(lab.home, `out-${kind}`);
      mkdirSync(folder, { recursive: true });
      const { status, stderr } = devca(['template', kind, '--out', folder, ...flags], { home: lab.home });
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
      return folder;
    };
    const clients = () => clientsFor(lab.server.url, node);
    const names = (...without: string[]) =>
      clients()
        .map(({ name }) => name)
        .filter((name) => !without.includes(name))
        .sort();

    /** Does what \`docker build\` would do with the lines. */
    function build(folder: string): { copies: string; runs: string; environment: Record<string, string> } {
      const text = readFileSync(join(folder, 'Dockerfile.devca'), 'utf8').replaceAll(/\\\n */g, '');
      const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
      const rest = (word: string) =>
        lines.filter((line) => line.startsWith(`${word} `)).map((line) => line.slice(word.length + 1));
      const copies = rest('COPY').map((line) => {
        const words = line.split(' ');
        const target = words.pop() ?? '';
        return `mkdir -p "$ROOT${target}" && cp ${words.map((word) => `${folder}/${word}`).join(' ')} "$ROOT${target}"`;
      });
      const environment = Object.fromEntries(
        rest('ENV').flatMap((line) => line.split(' ').map((pair) => pair.split('=') as [string, string])),
      );
      expect(lines.length).toBe(rest('COPY').length + rest('RUN').length + rest('ENV').length);
      return { copies: copies.join('\n'), runs: rest('RUN').join('\n'), environment };
    }

    it('makes an image of Debian trust the root, Java and Node too, and twice is once', async () => {
      const { copies, runs, environment } = build(write('dockerfile'));
      const { accepted, printed } = await runInScratchRoot({
        before: copies,
        inside: `${runs} >/dev/null\nls ${FOLDER}\n${runs} >/dev/null\nkeytool -list -cacerts -storepass changeit 2>/dev/null | grep -c '^devca-'`,
        clients: clients(),
        environment,
      });
      expect(printed.trim().split('\n')).toEqual([
        'bundle.pem',
        expect.stringMatching(/^devca-[0-9a-f]{16}\.crt$/),
        'roots.pem',
        'trust.sh',
        '1',
      ]);
      expect(accepted).toEqual(names());
    }, 120_000);

    it('does nothing to what has no such lines', async () => {
      const { accepted } = await runInScratchRoot({
        before: '',
        inside: ':',
        clients: clients(),
        environment: {},
      });
      expect(accepted).toEqual([]);
    }, 120_000);

    it.each([
      [
        'Fedora',
        'mkdir -p $ROOT/etc/pki/ca-trust/source $ROOT/etc/pki/tls/certs; cp $ROOT/etc/ssl/certs/ca-certificates.crt $ROOT/etc/pki/tls/certs/ca-bundle.crt; find $ROOT/etc/ssl/certs -mindepth 1 -maxdepth 1 ! -name java -exec rm -r {} +',
        'update-ca-trust',
        'cat /etc/pki/ca-trust/source/anchors/*.pem >> /etc/pki/tls/certs/ca-bundle.crt',
      ],
      [
        'Arch',
        'mkdir -p $ROOT/etc/ca-certificates',
        'update-ca-trust',
        'cat /etc/ca-certificates/trust-source/anchors/*.crt >> /etc/ssl/certs/ca-certificates.crt',
      ],
      [
        'openSUSE',
        'mkdir -p $ROOT/usr/share/pki/trust; rm $ROOT/usr/sbin/update-ca-certificates; mv $ROOT/etc/ssl/certs/ca-certificates.crt $ROOT/etc/ssl/ca-bundle.pem',
        'update-ca-certificates',
        'cat /etc/pki/trust/anchors/*.pem >> /etc/ssl/ca-bundle.pem',
      ],
      ['a small image without the tool', 'rm $ROOT/usr/sbin/update-ca-certificates', 'nothing', ''],
    ])(
      'takes the way of %s',
      async (_, likeIt, tool, does) => {
        const { copies, runs, environment } = build(write('dockerfile'));
        const fake = `printf '#!/bin/sh\\n%s\\n' '${does}' > "$ROOT/usr/local/sbin/${tool}"; chmod 755 "$ROOT/usr/local/sbin/${tool}"`;
        const { accepted, printed } = await runInScratchRoot({
          before: `${likeIt}\n${fake}\n${copies}`,
          inside: `${runs} 2>&1\n${runs}; grep -c BEGIN ${FOLDER}/bundle.pem >/dev/null`,
          clients: clients(),
          environment,
        });
        // Each of these reads the variables; wget and Debian's Java read places that such a system does not have.
        expect({ accepted, printed: printed.trim() }).toEqual({
          accepted: expect.arrayContaining(['Node', 'OpenSSL', 'Python', 'curl', 'requests']),
          printed: '',
        });
      },
      120_000,
    );

    it('says so where an image has no roots at all', async () => {
      const { copies, runs } = build(write('dockerfile'));
      const { printed } = await runInScratchRoot({
        before: `rm -r $ROOT/usr/sbin/update-ca-certificates $ROOT/etc/ssl/certs\n${copies}`,
        inside: `${runs} 2>&1 || echo "status $?"`,
        clients: [],
        environment: {},
      });
      expect(printed).toBe(
        'devca: error: this image has no roots: install the package ca-certificates before\nstatus 1\n',
      );
    });

    it('gives a service of Compose the bundle, the variables and its key as a secret', async () => {
      const folder = write('compose', '--service', 'api', '--certificate', 'localhost');
      const file = parseYaml(readFileSync(join(folder, 'compose.devca.yaml'), 'utf8')) as {
        services: { api: { environment: Record<string, string>; volumes: object[]; secrets: object[] } };
        secrets: Record<string, { file: string }>;
      };
      const { environment, volumes, secrets } = file.services.api;
      expect(volumes).toEqual([{ type: 'bind', source: './devca', target: FOLDER, read_only: true }]);
      expect(secrets).toEqual([
        { source: 'api-tls-cert', target: 'tls.crt' },
        { source: 'api-tls-key', target: 'tls.key' },
      ]);
      expect(file.secrets).toEqual({
        'api-tls-cert': { file: join(lab.home, 'localhost+1-fullchain.pem') },
        'api-tls-key': { file: join(lab.home, 'localhost+1-key.pem') },
      });
      const { accepted } = await runInScratchRoot({
        before: `mkdir -p $ROOT${FOLDER}; mount --bind -o ro ${folder}/devca $ROOT${FOLDER}`,
        inside: ':',
        clients: clients(),
        environment: { ...environment, JAVA_TOOL_OPTIONS: `-Djavax.net.ssl.trustStore=${FOLDER}/trust.jks` },
      });
      expect(accepted).toEqual(names('wget'));
    }, 120_000);

    it('makes a development container trust the root, the programs without variables too', async () => {
      const folder = write('devcontainer', '--image', 'debian:12');
      const config = JSON.parse(readFileSync(join(folder, '.devcontainer/devcontainer.json'), 'utf8'));
      expect(config.image).toBe('debian:12');
      const [mount] = config.mounts as string[];
      const source = /source=([^,]*)/.exec(mount ?? '')?.[1]?.replace(/\$\{localWorkspaceFolder\}/, folder);
      const { accepted } = await runInScratchRoot({
        before: `mkdir -p $ROOT${FOLDER}; mount --bind -o ro ${source} $ROOT${FOLDER}`,
        inside: `${config.postCreateCommand.devca} >/dev/null`,
        clients: clients(),
        environment: config.containerEnv,
      });
      expect(accepted).toEqual(names());
    }, 120_000);

    it('has a script without a fault', () => {
      execFileSync('shellcheck', [join(PROJECT, 'templates/containers/trust.sh')]);
    });
  },
);
