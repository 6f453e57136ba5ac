import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { createEphemeralAuthority } from '../../../src/index.ts';
import { devca } from '../../support/devca.ts';
import { describeWith } from '../../support/tools.ts';
import { type WatchedServer, watchedServer } from '../../support/trust-lab.ts';
import { DEVCA } from '../trust-everything/clients.ts';
import { outputOf } from './clients.ts';
import { type RuntimeLab, runtimeLab } from './lab.ts';

interface Row {
  readonly file: string;
  readonly setting: string;
  readonly status: string;
  readonly fix: string;
}

describeWith(['curl', 'git', 'sh'], 'settings that stand above the stores', () => {
  let lab: RuntimeLab;
  /** Under an authority that nobody trusts. */
  let stranger: WatchedServer;
  let company: string;
  beforeAll(async () => {
    lab = await runtimeLab();
    const authority = await createEphemeralAuthority();
    stranger = await watchedServer(authority);
    company = authority.rootPem;
  });
  beforeEach(() => {
    for (const name of ['.curlrc', '.gitconfig']) rmSync(join(lab.home, name), { force: true });
    writeFileSync(join(lab.home, 'company.pem'), company);
  });
  afterAll(() => {
    lab[Symbol.dispose]();
    stranger[Symbol.dispose]();
    rmSync(lab.home, { recursive: true, force: true, maxRetries: 5 });
  });

  const write = (name: string, text: string): void =>
    writeFileSync(join(lab.home, name), text.replaceAll('HOME', lab.home));
  /** Those of this user: the machine may have some too. */
  const rows = (): readonly Row[] => {
    const { stdout } = devca(['trust', 'status', '--store', 'nss', '--json'], { home: lab.home });
    const { settings } = JSON.parse(stdout) as { settings: readonly Row[] };
    return settings.filter(({ file }) => file.startsWith(lab.home));
  };
  const accepts = async (
    words: string,
    { url }: WatchedServer,
    variables: Readonly<Record<string, string>> = {},
  ): Promise<boolean> => {
    const environment = { ...lab.environment, ...variables };
    return (await outputOf([...words.split(' '), url], environment)).includes('accepted');
  };
  /** As a user who pastes it, and what a shell prints then. */
  const paste = (command: string): Promise<string> => {
    const [node = '', ...script] = DEVCA.map((word) => `'${word}'`);
    const program = `devca() { ${node} ${script.join(' ')} "$@"; }\n${command}`;
    return outputOf(['sh', '-c', program], lab.environment);
  };

  it('of curl hide the root from it, whatever the variables say, until they have the root too', async () => {
    write('.curlrc', '# theirs\ncacert = "HOME/company.pem"\nsilent\n');
    const variables = { CURL_CA_BUNDLE: lab.root };
    expect(await accepts('curl', lab.server, variables)).toBe(false);
    const [row] = rows();
    expect(row).toMatchObject({ setting: 'cacert', status: 'not-trusted' });
    await paste(row?.fix ?? '');
    expect(rows()).toMatchObject([{ setting: 'cacert', status: 'trusted' }]);
    expect(await accepts('curl', lab.server)).toBe(true);
    expect(await accepts('curl', stranger)).toBe(true);
  });

  it('of curl that switch verification off are found, and taken out', async () => {
    write('.curlrc', 'silent\n-k\n');
    expect(await accepts('curl', stranger)).toBe(true);
    const [row] = rows();
    expect(row).toMatchObject({ setting: 'insecure', status: 'verification-off' });
    await paste(row?.fix ?? '');
    expect(rows()).toEqual([]);
    expect(await accepts('curl', stranger)).toBe(false);
  });

  it('of git hide the root from it until its variable stands above them', async () => {
    write('.gitconfig', '[http]\n\tsslCAInfo = ~/company.pem\n');
    expect(await accepts('git ls-remote', lab.server)).toBe(false);
    const [row] = rows();
    expect(row).toMatchObject({ setting: 'http.sslCAInfo', status: 'not-trusted' });
    const lines = await paste(`${row?.fix}; echo "now:$GIT_SSL_CAINFO"`);
    const bundle = /^now:(.+)$/m.exec(lines)?.[1] ?? '';
    expect(await accepts('git ls-remote', lab.server, { GIT_SSL_CAINFO: bundle })).toBe(true);
    expect(await accepts('git ls-remote', stranger, { GIT_SSL_CAINFO: bundle })).toBe(true);
  });

  it('of git that switch verification off are found, and taken out', async () => {
    write('.gitconfig', '[http]\n\tsslVerify = no\n');
    expect(await accepts('git ls-remote', stranger)).toBe(true);
    const [row] = rows();
    expect(row).toMatchObject({ setting: 'http.sslVerify', status: 'verification-off' });
    await paste(row?.fix ?? '');
    expect(rows()).toEqual([]);
    expect(await accepts('git ls-remote', stranger)).toBe(false);
  });

  it('that stand above what "devca env" prints are told of there', () => {
    write('.curlrc', 'cacert = HOME/company.pem\n');
    write('.gitconfig', '[http]\n\tsslCAInfo = ~/company.pem\n');
    const { stderr, stdout } = devca(['env'], { home: lab.home });
    expect(stderr).toContain(`cacert in "${lab.home}/.curlrc"`);
    expect(stderr).not.toContain('sslCAInfo');
    expect(stdout).toContain('export GIT_SSL_CAINFO=');
  });
});
