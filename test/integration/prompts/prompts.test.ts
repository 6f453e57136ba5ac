import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { beforeAll, expect, it } from '@jest/globals';
import { devca, PROJECT } from '../../support/devca.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { ENTER, type Press, type Typed, typeOnTerminal } from '../../support/terminal.ts';
import { cleanEnvironment, describeWith } from '../../support/tools.ts';

const PASSPHRASE = 'correct horse battery';
const CTRL_C = '\u0003';
const CTRL_D = '\u0004';

function type(presses: readonly Press[], args: readonly string[], home: string): Typed {
  const program = [process.execPath, resolve(PROJECT, 'bin/devca.js'), ...args];
  const options = { cwd: home, env: cleanEnvironment(home) };
  const { said, ...rest } = typeOnTerminal(presses, program, options);
  return { ...rest, said: said.replaceAll('\r\n', '\n') };
}

/** Every file below a folder with a digest of what is in it, but for those that SQLite makes for readers. */
const filesBelow = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => !/-(wal|shm)$/.test(name) && statSync(join(folder, name)).isFile())
    .map(
      (name) =>
        `${name} ${createHash('sha256')
          .update(readFileSync(join(folder, name)))
          .digest('hex')}`,
    )
    .sort();

describeWith(['python3', 'openssl'], 'a question on a terminal', () => {
  let home: string;
  beforeAll(() => {
    home = scratchFolder();
    const environment = { DEVCA_PASSPHRASE: PASSPHRASE };
    const done = (args: string[]) => expect(devca(args, { home, environment })).toMatchObject({ status: 0 });
    done(['init', '--no-trust', '--keystore', 'passphrase']);
    done(['ca', 'backup', '--out', 'made.devca']);
    const request = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-days', '90'];
    const files = ['-subj', '/CN=Their root', '-keyout', 'their-key.pem', '-out', 'their.pem'];
    const secret = ['-passout', `pass:${PASSPHRASE}`];
    const extensions = ['-addext', 'keyUsage=critical,keyCertSign,cRLSign'];
    execFileSync('openssl', [...request, ...files, ...secret, ...extensions], { cwd: home, stdio: 'ignore' });
    writeFileSync(join(home, 'pw'), PASSPHRASE, { mode: 0o600 });
    done(['issue', 'store.test', '--format', 'p12', '--password-file', 'pw']);
  });

  const importing = ['ca', 'import', '--cert', 'their.pem', '--key', 'their-key.pem', '--name', 'theirs'];
  const questions: readonly (readonly [what: string, args: string[], presses: Press[], question: string])[] =
    [
      ['of a new backup', ['ca', 'backup', '--out', 'new.devca'], [], 'New passphrase for the backup: '],
      [
        'of a new backup, the second time',
        ['ca', 'backup', '--out', 'new.devca'],
        [['New passphrase for the backup: ', `${PASSPHRASE}${ENTER}`]],
        'The same once more: ',
      ],
      ['of a backup', ['ca', 'restore', 'made.devca', '--home', 'other'], [], 'Passphrase of the backup: '],
      ['of the key', ['issue', 'localhost'], [], 'Passphrase of the intermediate'],
      ['of what is imported', importing, [], 'Passphrase of the key'],
      ['of a key store', ['export', 'store.test', '--format', 'combined'], [], 'Password of "'],
      ['whether to import', [...importing, '--password-file', 'pw'], [], 'Import it? [y/N] '],
      ['whether to destroy', ['ca', 'destroy'], [], 'It cannot be undone. [y/N] '],
      ['whether to trust', ['init', '--keystore', 'passphrase'], [], '? [y/N] '],
    ];

  it.each(questions)('%s: Ctrl-C ends with 130, nothing done, and the terminal in order', (...row) => {
    const [, args, presses, question] = row;
    const before = filesBelow(home);
    const { said, ...rest } = type([...presses, [question, CTRL_C]], args, home);
    expect({ said, ...rest }).toMatchObject({ status: 130, inOrder: true });
    expect(said.slice(said.lastIndexOf(question))).toMatch(
      args[0] === 'init' ? /^[^\n]*\nstopped: the authority is kept[^\n]*\n$/ : /^[^\n]*\n$/,
    );
    expect(said).not.toContain(PASSPHRASE);
    expect(filesBelow(home)).toEqual(before);
  });

  it.each(questions)('%s: Ctrl-D is a no, or an error that says so', (...row) => {
    const [, args, presses, question] = row;
    const before = filesBelow(home);
    const { said, ...rest } = type([...presses, [question, CTRL_D]], args, home);
    const isYesOrNo = question.endsWith('[y/N] ');
    const status = { init: 0, export: 2 }[args[0] ?? ''] ?? 1;
    expect({ said, ...rest }).toMatchObject({ status, inOrder: true });
    expect(said.slice(said.lastIndexOf(question))).toMatch(
      isYesOrNo
        ? /^.*\n.*(nothing was|trust was left)/
        : /^.*\n.*\[DEVCA_(PASSPHRASE_ABSENT|EXPORT_PASSWORD)\]/,
    );
    expect(filesBelow(home)).toEqual(before);
  });

  it('of a key store: what is typed opens it, and is not shown', () => {
    const { said, ...rest } = type(
      [['Password of "', `${PASSPHRASE}${ENTER}`]],
      ['export', 'store.test', '--format', 'combined', '--out', 'out'],
      home,
    );
    expect(rest).toEqual({ status: 0, inOrder: true });
    expect(said).toContain('exported the certificate for store.test');
    expect(said).not.toContain(PASSPHRASE);
  });

  it('whether to trust a new authority: Ctrl-C keeps that, and says how to go on', () => {
    const place = ['--home', join(home, 'new')];
    const stopped = type([['? [y/N] ', CTRL_C]], ['init', ...place], home);
    expect(stopped).toMatchObject({ status: 130, inOrder: true });
    expect(stopped.said).toContain('created a certificate authority');
    expect(stopped.said).toMatch(
      /\nstopped: the authority is kept.*run "devca trust install --home \/.*\/new"\n$/,
    );
    const { said } = type([['? [y/N] ', CTRL_D]], ['init', ...place], home);
    expect(said).toContain('was there already; nothing was changed');
  });

  it('is put again, three times in all, where an empty passphrase is typed', () => {
    const question = 'New passphrase for the backup: ';
    const { said, ...rest } = type(
      [...[question, question, question].map((each) => [each, ENTER] as const)],
      ['ca', 'backup', '--out', 'new.devca'],
      home,
    );
    expect(rest).toEqual({ status: 2, inOrder: true });
    expect(said.split(`${question}\nthis passphrase cannot be used: it is empty\n`)).toHaveLength(4);
    expect(said).toContain('cannot be used: it is empty [DEVCA_PASSPHRASE_UNUSABLE]');
    const again = type(
      [
        [question, ENTER],
        [question, `${PASSPHRASE}${ENTER}`],
        ['The same once more: ', `${PASSPHRASE}${ENTER}`],
      ],
      ['ca', 'backup', '--out', 'new.devca'],
      home,
    );
    expect(again).toMatchObject({ status: 0, inOrder: true });
  });
});
