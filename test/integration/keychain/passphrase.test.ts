import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { devca } from '../../support/devca.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { ENTER, typeOnTerminal } from '../../support/terminal.ts';
import { cleanEnvironment, describeWith } from '../../support/tools.ts';
import { DEVCA } from './session.ts';

const PASSPHRASE = 'correct horse "battery"';

const keyFile = (home: string) => join(home, '.local/share/devca/keys/default-1-intermediate.pem');

function homeWithPassphrase(keyType = 'ec-p256'): string {
  const home = scratchFolder();
  writeFileSync(join(home, 'pw'), `${PASSPHRASE}\n`, { mode: 0o600 });
  const init = ['init', '--no-trust', '--keystore', 'passphrase', '--key-type', keyType];
  const { status, stderr } = devca([...init, '--passphrase-file', 'pw'], { home });
  expect({ status, stderr }).toMatchObject({ status: 0 });
  return home;
}

describeWith(['openssl'], 'OpenSSL', () => {
  it.each(['ec-p256', 'ec-p384', 'rsa-2048'])('reads an encrypted %s key', (keyType) => {
    const home = homeWithPassphrase(keyType);
    const fixed = ['pkey', '-in', keyFile(home), '-pubout', '-passin'];
    const publicKey = execFileSync('openssl', [...fixed, `file:${join(home, 'pw')}`], { encoding: 'utf8' });
    const certificate = join(home, '.local/share/devca/ca/intermediate.pem');
    const args = ['x509', '-in', certificate, '-noout', '-pubkey'];
    expect(publicKey).toBe(execFileSync('openssl', args, { encoding: 'utf8' }));
    const wrong = spawnSync('openssl', [...fixed, 'pass:wrong'], { encoding: 'utf8' });
    expect(wrong.status).not.toBe(0);
  });

  it('may encrypt it anew, with its own scheme and another passphrase', () => {
    const home = homeWithPassphrase();
    const path = keyFile(home);
    const args = [
      'pkcs8',
      '-topk8',
      '-in',
      path,
      '-passin',
      `file:${join(home, 'pw')}`,
      '-passout',
      'pass:of openssl',
    ];
    const pem = execFileSync('openssl', [...args, '-v2', 'aes-128-cbc', '-iter', '5000']);
    writeFileSync(path, pem, { mode: 0o600 });
    const environment = { DEVCA_PASSPHRASE: 'of openssl' };
    expect(devca(['issue', 'a.test'], { home, environment }).stderr).toBe('');
  });
});

describeWith([], 'an authority with a passphrase', () => {
  it('takes it from a file or the environment, and says when it is wrong or missing', () => {
    const home = homeWithPassphrase();
    const issue = (environment: Record<string, string>, ...args: string[]) =>
      devca(['issue', 'a.test', ...args], { home, environment });
    expect(issue({}, '--passphrase-file', 'pw').status).toBe(0);
    expect(issue({ DEVCA_PASSPHRASE: PASSPHRASE }).status).toBe(0);
    expect(issue({}).stderr).toContain('[DEVCA_PASSPHRASE_MISSING]');
    expect(issue({ DEVCA_PASSPHRASE: '' }).stderr).toContain('[DEVCA_PASSPHRASE_UNUSABLE]');
    const wrong = issue({ DEVCA_PASSPHRASE: 'another horse' }, '--json');
    expect(JSON.parse(wrong.stdout)).toMatchObject({ error: { code: 'DEVCA_PASSPHRASE_WRONG' } });
    expect(wrong.stdout).not.toContain('another horse');
  });

  it('gets another one', () => {
    const home = homeWithPassphrase();
    writeFileSync(join(home, 'new'), 'staple staple\n');
    const change = ['ca', 'protect', '--keystore', 'passphrase', '--passphrase-file', 'pw'];
    expect(devca(change, { home }).stderr).toContain('[DEVCA_PASSPHRASE_MISSING]');
    expect(devca([...change, '--new-passphrase-file', 'new'], { home }).stdout).toContain(
      'has a new passphrase',
    );
    expect(devca(['issue', 'a.test', '--passphrase-file', 'pw'], { home }).stderr).toContain(
      'PASSPHRASE_WRONG',
    );
    expect(devca(['issue', 'a.test', '--passphrase-file', 'new'], { home }).status).toBe(0);
  });
});

describeWith(['python3'], 'a terminal', () => {
  const onTerminal = (home: string, answers: readonly [string, string][], ...args: string[]) =>
    typeOnTerminal(
      answers.map(([question, answer]) => [question, answer + ENTER]),
      [...DEVCA, ...args],
      { cwd: home, env: { ...cleanEnvironment(home), TERM: 'xterm' } },
    );
  const TWICE: readonly [string, string][] = [
    ['New passphrase for', PASSPHRASE],
    ['once more', PASSPHRASE],
  ];

  it('is where a passphrase is typed, twice at first, and never seen', () => {
    const home = scratchFolder();
    const init = onTerminal(home, TWICE, 'init', '--no-trust', '--keystore', 'passphrase');
    expect(init.said).toContain('in a file that a passphrase opens');
    expect(init.status).toBe(0);
    const opening: readonly [string, string][] = [['Passphrase of', PASSPHRASE]];
    const issue = onTerminal(home, opening, 'issue', 'a.test');
    expect(issue.said).toContain('issued a server certificate for a.test');
    expect(issue.status).toBe(0);
    for (const { said } of [init, issue]) expect(said).not.toContain('battery');
    expect(onTerminal(home, [['Passphrase of', 'wrong']], 'issue', 'a.test').said).toContain(
      'PASSPHRASE_WRONG',
    );
  });

  it('is where two that differ are refused, and nothing is made', () => {
    const home = scratchFolder();
    const answers: readonly [string, string][] = [
      ['New passphrase for', PASSPHRASE],
      ['once more', 'another'],
    ];
    const { status, said } = onTerminal(home, answers, 'init', '--no-trust', '--keystore', 'passphrase');
    expect(said).toContain('[DEVCA_PASSPHRASE_MISMATCH]');
    expect(status).toBe(2);
    expect(() => readFileSync(keyFile(home))).toThrow();
  });

  it('makes devca look for a keychain, and say that there is none', () => {
    const home = scratchFolder();
    const { said } = onTerminal(home, [], 'init', '--no-trust');
    expect(said).toMatch(/its key +in a file for you alone; not in a keychain: there is no keychain/);
  });
});
