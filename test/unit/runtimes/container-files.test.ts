import { describe, expect, it } from '@jest/globals';
import { parseJks } from '../../../src/pki/jks.ts';
import { systemRandom } from '../../../src/platform/random.ts';
import { type ContainerRequest, containerFiles } from '../../../src/runtimes/container-files.ts';
import { codeOf } from '../../support/coded.ts';
import { certificates, DEVCA_SHA256, pem, whoIs } from './lab.ts';

const request: ContainerRequest = {
  kind: 'dockerfile',
  template: '{{folder}}|{{environment}}|{{service}}|{{image}}|{{secrets}}|{{unknown}}',
  script: '#!/bin/sh\n',
  roots: [certificates.devca, certificates.other],
  bundle: Buffer.from(pem('public', 'devca', 'other'), 'latin1'),
  service: 'app',
  image: 'debian',
  random: systemRandom,
};

const textOf = (more: Partial<ContainerRequest>): string =>
  Buffer.from(containerFiles({ ...request, ...more })[0].bytes).toString('utf8');

describe('the files of a container', () => {
  it.each([
    ['dockerfile', ['Dockerfile.devca', 'devca/roots.pem', 'devca/trust.sh', 'devca/devca-', 'devca/devca-']],
    ['compose', ['compose.devca.yaml', 'devca/roots.pem', 'devca/bundle.pem', 'devca/trust.jks']],
    [
      'devcontainer',
      [
        '.devcontainer/devcontainer.json',
        '.devcontainer/devca/roots.pem',
        '.devcontainer/devca/bundle.pem',
        '.devcontainer/devca/trust.sh',
        '.devcontainer/devca/devca-',
        '.devcontainer/devca/devca-',
      ],
    ],
  ] as const)('of %s are public, and named by what they are', (kind, paths) => {
    const files = containerFiles({ ...request, kind });
    expect(files.map(({ path }) => path.replace(/-[0-9a-f]{16}\.crt$/, '-'))).toEqual(paths);
    for (const { bytes } of files) expect(Buffer.from(bytes).toString('latin1')).not.toContain('PRIVATE');
    const one = files.find(({ path }) => path.endsWith(`devca-${DEVCA_SHA256.slice(0, 16)}.crt`));
    if (kind !== 'compose') expect(Buffer.from(one?.bytes ?? []).toString()).toBe(pem('devca'));
    expect(Buffer.from(files[1]?.bytes ?? []).toString()).toBe(pem('devca', 'other'));
  });

  it('have one store for Java that is the same each time', () => {
    const [one, two] = [1, 2].map(() => containerFiles({ ...request, kind: 'compose' }).at(-1)?.bytes);
    expect(one).toEqual(two);
    const held = parseJks(one ?? new Uint8Array(), 'changeit', 'trust.jks');
    expect(held.flatMap(({ certificates: all }) => all.map(whoIs))).toEqual(['public', 'devca', 'other']);
  });

  it('set in an image what does not ask the system, and in a service everything', () => {
    expect(textOf({})).toContain('NODE_EXTRA_CA_CERTS=/usr/local/share/devca/roots.pem \\\n');
    expect(textOf({})).not.toContain('GIT_SSL_CAINFO');
    expect(textOf({ kind: 'compose' })).toContain('GIT_SSL_CAINFO: /usr/local/share/devca/bundle.pem');
    expect(textOf({ kind: 'devcontainer' })).toContain('"DENO_CERT": "/usr/local/share/devca/roots.pem"');
  });

  it('quote what is foreign, and refuse what cannot be quoted', () => {
    const certificate = { cert: '/it\'s $1/"a": #b.pem', key: '/k.pem' };
    const text = textOf({ kind: 'compose', service: 'a: b', certificate });
    expect(text).toContain('|"a: b"|');
    expect(text).toContain('  "a: b-tls-cert":\n    file: "/it\'s $$1/\\"a\\": #b.pem"');
    expect(textOf({ kind: 'devcontainer', image: 'a"b' })).toContain('|"a\\"b"|');
    expect(codeOf(() => textOf({ kind: 'compose', service: 'a\nb' }))).toBe('DEVCA_RUNTIME_VALUE');
    const torn = { cert: '/a\nb', key: '/k' };
    expect(codeOf(() => textOf({ kind: 'compose', certificate: torn }))).toBe('DEVCA_RUNTIME_VALUE');
  });
});
