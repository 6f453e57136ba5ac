import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { describeWith, toolOrFail } from '../../support/tools.ts';
import { DEVCA } from '../trust-everything/clients.ts';
import { outputOf } from './clients.ts';
import { type RuntimeLab, runtimeLab } from './lab.ts';

/** `devca` in a shell's own words. */
const devca = DEVCA.join(' ');

let lab: RuntimeLab;
beforeAll(async () => {
  lab = await runtimeLab();
});
afterAll(() => lab[Symbol.dispose]());

const shellOutput = (shell: string, script: string, more: Readonly<Record<string, string>> = {}) =>
  outputOf([toolOrFail(shell), '-c', script], { ...lab.environment, SHELL: `/usr/bin/${shell}`, ...more });

describeWith(['curl', 'python3'], 'devca env', () => {
  const fetching = (url: string): string => `curl -sS ${url} || echo refused`;

  for (const shell of ['bash', 'zsh', 'fish', 'sh'])
    describeWith([shell], `in ${shell}`, () => {
      const [set, unset] =
        shell === 'fish'
          ? [`${devca} env | source`, `${devca} env --unset | source`]
          : [`eval "$(${devca} env)"`, `eval "$(${devca} env --unset)"`];
      it('sets what makes programs trust the root, and takes it away again', async () => {
        const { url } = lab.server;
        const shown = 'env | grep -E "_CERT|_CA|ROOTS|JAVA_TOOL|WGETRC|PHP_INI" | sort';
        const script = [fetching(url), set, fetching(url), unset, fetching(url), shown].join('\n');
        const said = await shellOutput(shell, script);
        expect(said.trim().split('\n')).toEqual(['refused', expect.stringContaining('accepted' + 'refused')]);
      }, 60_000);

      it('gives back what was there, in a folder with an odd name', async () => {
        const odd = join(lab.home, `it's a "$HOME" \\folder`);
        const proxy = join(odd, 'proxy.pem');
        await outputOf(['mkdir', '-p', odd], lab.environment);
        await outputOf(['cp', lab.root, proxy], lab.environment);
        const more = {
          XDG_DATA_HOME: odd,
          DEVCA_HOME: join(lab.home, '.local/share/devca'),
          GIT_SSL_CAINFO: proxy,
        };
        const script = `${set}\n${fetching(lab.server.url)}\necho\n${unset}\nprintf '%s\\n' "$GIT_SSL_CAINFO" "$SSL_CERT_FILE"`;
        // Java has no words for both kinds of quotes.
        const withoutJava = script.replaceAll(`${devca} env`, `${devca} env --without java,php`);
        const said = await shellOutput(shell, withoutJava, more);
        expect(said).toBe(`<title>devca</title>accepted\n${proxy}\n\n`);
      }, 60_000);
    });
});

describe('devca env for other readers', () => {
  it('is read by node --env-file and Docker Compose from a .env file', async () => {
    const file = join(lab.home, '.env.devca');
    const environment = { ...lab.environment };
    writeFileSync(file, await outputOf([...DEVCA, 'env', '--shell', 'dotenv'], environment));
    const print = 'console.log(process.env.SSL_CERT_FILE, process.env.JAVA_TOOL_OPTIONS)';
    const said = await outputOf([process.execPath, `--env-file=${file}`, '-e', print], environment);
    expect(said).toMatch(/devca-trust\/bundle-[0-9a-f]{16}\.pem (undefined|-Djavax\.net\.ssl\.trustStore=)/);
  });

  it('is JSON for programs', async () => {
    const text = await outputOf([...DEVCA, 'env', '--shell', 'json', '--only', 'deno'], lab.environment);
    expect(Object.keys(JSON.parse(text))).toEqual(['NODE_EXTRA_CA_CERTS', 'DENO_CERT']);
  });
});
