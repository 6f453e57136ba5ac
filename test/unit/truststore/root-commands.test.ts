import { chmodSync, copyFileSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { installInStore } from '../../../src/truststore/change.ts';
import { isCommandForUsers, isRootCommand } from '../../../src/truststore/root-commands.ts';
import { openSession } from '../../../src/truststore/session.ts';
import { installTrust, uninstallTrust } from '../../../src/truststore/trust.ts';
import type { TrustStore } from '../../../src/truststore/trust-store.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { newAnchor } from '../../support/trust-lab.ts';
import { type FakeMachine, fakeDatabase, fakeMachine } from './fake-machine.ts';
import { javaMachine, jksOf } from './java/java-machine.ts';
import { writeCert9 } from './nss/cert9-file.ts';

const anchor = newAnchor('root commands');
const NAME = 'devca-0123456789abcdef';
const JAVA = '/opt/app/jdk/lib/security/cacerts';
const SECRET = '/etc/service/keys.p12';
const FIREFOX = '/opt/browsers/firefox';

let scratch: string;
let machine: FakeMachine;
beforeEach(() => {
  scratch = scratchFolder();
  machine = fakeMachine({ folder: scratch, canAsk: true, system: { uid: 1000 } });
  machine.write(JAVA);
  writeFileSync(join(scratch, JAVA), jksOf([]));
  machine.write(SECRET);
  writeFileSync(join(scratch, SECRET), jksOf([]));
  chmodSync(join(scratch, SECRET), 0o600);
  machine.write(`${FIREFOX}/application.ini`);
  machine.write('/etc/passwd', 'root:x:0:0::/root:/bin/sh\n');
});

function runs(line: string, platform: NodeJS.Platform = 'linux'): boolean {
  const [program = '', ...args] = line.split(' ').map((word) => word.replaceAll('_', ' '));
  return isRootCommand(
    { program, args },
    { ...machine.world, system: { ...machine.world.system, platform } },
  );
}

describe('root', () => {
  it.each([
    'install -d -m 0755 /usr/local/share/ca-certificates',
    'install -d -m 0755 /etc/docker',
    'install -d -m 0755 /etc/docker/certs.d/localhost:5000',
    `install -m 0644 /dev/null /usr/local/share/ca-certificates/${NAME}.crt`,
    `dd of=/etc/pki/trust/anchors/${NAME}.pem conv=notrunc,fsync status=none`,
    `rm -f -- /etc/containers/certs.d/localhost:5000/${NAME}.crt`,
    'rmdir /etc/containers/certs.d/localhost:5000',
    '/usr/sbin/update-ca-certificates --fresh',
    'update-ca-trust extract',
    `dd of=${FIREFOX}/.devca-policies.json conv=notrunc,fsync status=none`,
    `mv -f -- ${FIREFOX}/.devca-policies.json ${FIREFOX}/distribution/policies.json`,
    'rm -f -- /etc/opt/chrome/policies/managed/company.json',
    `keytool -delete -alias debian:${NAME}.pem -keystore /etc/ssl/certs/java/cacerts -storepass changeit`,
    `cp -pf ${JAVA} ${JAVA}.devca`,
    `chmod 0444 ${JAVA}.devca`,
    'install -d -m 0755 /etc/pki/nssdb',
    'chmod 0644 /etc/pki/nssdb/key4.db /etc/pki/nssdb/pkcs11.txt /etc/pki/nssdb/cert9.db',
    'rmdir /etc/pki/nssdb',
    '/usr/bin/certutil -M -d sql:/etc/pki/nssdb -n Company_Root -t C,,',
  ])('runs %s', (line) => {
    expect(runs(line)).toBe(true);
  });

  it.each([
    ['an odd program', 'sh -c id'],
    ['one by another path than root’s', '/tmp/install -d -m 0755 /etc/docker'],
    ['no arguments', 'dd'],
    ['other modes', 'install -d -m 4777 /etc/docker'],
    ['an owner', `install -o ada /dev/null /usr/local/share/ca-certificates/${NAME}.crt`],
    ['a folder of nobody', 'install -d -m 0755 /etc/cron.d/devca'],
    ['the mode of a folder that is there', 'install -d -m 0755 /etc'],
    ['no folder at all', 'install -d -m 0755 /'],
    ['a file that is none of devca', 'rm -f -- /usr/local/share/ca-certificates/company.crt'],
    ['a file elsewhere', `rm -f -- /etc/${NAME}.crt`],
    ['more files', `rm -f -- /usr/local/share/ca-certificates/${NAME}.crt /etc/passwd`],
    ['folders and all', 'rm -rf -- /usr/local/share/ca-certificates'],
    ['parts that lead up', `rm -f -- /usr/local/share/ca-certificates/../${NAME}.crt`],
    ['parts that lead nowhere', `rm -f -- /usr/local/share//ca-certificates/${NAME}.crt`],
    ['a relative path', `rm -f -- usr/local/share/ca-certificates/${NAME}.crt`],
    ['a program’s own configuration', 'dd of=/etc/sudoers.d/ada conv=notrunc,fsync status=none'],
    ['another source', `dd if=/etc/shadow of=/usr/local/share/ca-certificates/${NAME}.crt`],
    ['hooks of others', 'update-ca-certificates --fresh --hooksdir /usr/share/evil'],
    ['another destination', 'update-ca-trust extract -o /etc'],
    ['another root', 'certctl -D /etc rehash'],
    ['a policy that a file without a browser brings', 'rm -f -- /opt/other/distribution/policies.json'],
    ['a new policy from elsewhere', 'mv -f -- /etc/passwd /etc/opt/chrome/policies/managed/a.json'],
    ['a policy to elsewhere', 'mv -f -- /etc/opt/chrome/policies/.devca-a.json /etc/passwd'],
    ['a copy of what is secret', 'cp -p -- /etc/shadow /etc/opt/chrome/policies/.devca-a.json'],
    ['a database elsewhere', 'certutil -N -d sql:/root/.pki/nssdb --empty-password'],
    ['a file that the tool writes', 'certutil -L -d sql:/etc/pki/nssdb -n x -o /etc/passwd'],
    ['a list of commands', 'certutil -B -i /tmp/list'],
    ['a name that is not devca’s', 'certutil -D -d sql:/etc/pki/nssdb -n Company_Root'],
    [
      'options of the virtual machine',
      `keytool -J-javaagent:/tmp/x.jar -delete -alias devca_x -keystore ${JAVA}.devca`,
    ],
    ['a file with arguments', 'keytool @/tmp/arguments'],
    ['a key store that is none', 'cp -pf /etc/passwd /etc/passwd.devca'],
    ['a key store in the place of another', `mv -f ${JAVA}.devca /etc/passwd`],
    [
      'a copy that is not there',
      `keytool -delete -alias devca_x -keystore ${JAVA}.devca -storepass changeit`,
    ],
    ['a key store itself', `keytool -delete -alias devca_x -keystore ${JAVA} -storepass changeit`],
    ['an alias of others', `keytool -delete -alias company -keystore ${JAVA}.devca -storepass changeit`],
    ['a mode that lets others write', `chmod 0666 ${JAVA}.devca`],
    ['a mode of root’s', `chmod 4755 ${JAVA}.devca`],
    ['a mode that lets others read a key store that they may not', `chmod 0444 ${SECRET}.devca`],
    ['a database in which something could be', 'rm -f -- /etc/pki/nssdb/key4.db'],
    [
      'a variable of the environment',
      `keytool -delete -alias devca_x -keystore ${JAVA}.devca -storepass:env X`,
    ],
    ['a password from a folder', 'keytool -storepass:file /etc'],
    ['hashed names where no tool keeps them', 'rm -f -- /etc/ssl/certs/0123abcd.0'],
  ])('does not take %s: %s', (_, line) => {
    expect(runs(line)).toBe(false);
  });

  it('takes nothing for two words that is one', () => {
    const path = `/usr/local/share/ca-certificates/${NAME}.crt`;
    expect(isRootCommand({ program: 'rm', args: ['-f', '--', path] }, machine.world)).toBe(true);
    expect(isRootCommand({ program: 'rm', args: ['-f\0--', path] }, machine.world)).toBe(false);
  });

  it('changes the copy of a key store, and nothing else for it', () => {
    copyFileSync(join(scratch, JAVA), join(scratch, `${JAVA}.devca`));
    const line = (file: string) => `keytool -delete -alias devca_x -keystore ${file} -storepass changeit`;
    expect([line(`${JAVA}.devca`), line(JAVA)].map((each) => runs(each))).toEqual([true, false]);
    machine.write(`${JAVA}.devca`, 'text');
    expect(runs(line(`${JAVA}.devca`))).toBe(false);
  });

  it('leaves the mode of a key store at what it is, but for whether its owner may write', () => {
    const lines = ['0400', '0600', '0440', '0640'].map((mode) => `chmod ${mode} ${SECRET}.devca`);
    expect(lines.map((line) => runs(line))).toEqual([true, true, false, false]);
  });

  it('removes a database where nothing but roots of devca is in it', () => {
    const lines = ['key4.db', 'pkcs11.txt', 'cert9.db'].map((name) => `rm -f -- /etc/pki/nssdb/${name}`);
    const removed = (nickname: string) => {
      writeCert9(join(scratch, '/etc/pki/nssdb/cert9.db'), { anchor, nickname, newTrust: false });
      return lines.map((line) => runs(line));
    };
    expect(removed('devca root 1')).toEqual([true, true, true]);
    expect(removed('Company')).toEqual([false, false, false]);
    expect(runs('rm -f -- /etc/pki/nssdb/passwd')).toBe(false);
  });

  it('does not set the mode of a database that is there', () => {
    machine.write('/etc/pki/nssdb/pkcs11.txt');
    expect(runs('install -d -m 0700 /etc/pki/nssdb')).toBe(false);
  });

  it('reads no password from a file that a user names', () => {
    copyFileSync(join(scratch, JAVA), join(scratch, `${JAVA}.devca`));
    const command = (...password: readonly string[]) => ({
      program: 'keytool',
      args: ['-delete', '-alias', 'devca x', '-keystore', `${JAVA}.devca`, ...password],
    });
    const commands = [
      command('-storepass:file', '/etc/passwd'),
      command('-storepass:env', 'DEVCA_STORE_PASSWORD'),
    ];
    expect(commands.map((each) => isRootCommand(each, machine.world))).toEqual([true, true]);
    expect(commands.map((each) => isCommandForUsers(each, machine.world))).toEqual([false, true]);
  });

  it('goes by a link of an administrator to where the policies are', () => {
    machine.write('/srv/policies/company/a.json', '{}');
    const link = '/etc/opt/chrome/policies/managed/a.json';
    const lines = [
      'cp -p -- /srv/policies/company/a.json /srv/policies/.devca-a.json',
      'mv -f -- /srv/policies/.devca-a.json /srv/policies/company/a.json',
    ];
    expect(lines.map((line) => runs(line))).toEqual([false, false]);
    mkdirSync(dirname(join(scratch, link)), { recursive: true });
    symlinkSync(join(scratch, '/srv/policies/company/a.json'), join(scratch, link));
    const { files: all } = machine.world;
    const files = { ...all, realPath: (path: string) => all.realPath(path).replace(scratch, '') };
    machine = { ...machine, world: { ...machine.world, files } };
    expect(lines.map((line) => runs(line))).toEqual([true, true]);
    expect(runs('rm -f -- /srv/policies/company/b.json')).toBe(false);
  });

  it('takes away copies by their hash where the tool keeps them, and asks keychains where there are any', () => {
    expect(runs('rm -f -- /etc/ssl/certs/0123abcd.0', 'freebsd')).toBe(true);
    expect(runs(`rm -f -- /Library/Application_Support/${NAME}.pem`, 'darwin')).toBe(true);
    expect(runs(`dd of=/Library/Application_Support/${NAME}.pem conv=notrunc`, 'darwin')).toBe(true);
  });

  it('is what a store asks before each of its steps', async () => {
    const store: TrustStore = {
      id: 'system',
      name: 'odd',
      status: async () => ({ status: 'not-trusted', detail: '', fix: '' }),
      plan: async () => ({
        steps: [{ kind: 'remove', path: '/etc/passwd', needsRoot: true, why: 'odd' }],
        before: {},
      }),
    };
    machine.programs.set('sudo', () => ({}));
    const session = await openSession(machine.world);
    await expect(installInStore(anchor, store, session)).rejects.toMatchObject({
      code: 'DEVCA_TRUST_ROOT_COMMAND',
      message: 'root does not run "rm -f -- /etc/passwd" for the trust store "system": no store needs that',
    });
    expect(machine.has('/etc/passwd')).toBe(true);
  });
});

describe('what stores ask of root', () => {
  it('is what it runs, in the NSS database of the system', async () => {
    const database = fakeDatabase();
    machine.programs.set('sudo', () => ({}));
    machine.programs.set('certutil', (args, options) => {
      if (args[0] === '-N') machine.write('/etc/pki/nssdb/cert9.db');
      return database.certutil(args, options);
    });
    const options = { stores: ['nss:/etc/pki/nssdb'] };
    const [made] = await installTrust(anchor, options, machine.world);
    expect(made).toMatchObject({ changed: true, error: undefined });
    const [removed] = await uninstallTrust(anchor, options, machine.world);
    expect(removed).toMatchObject({ changed: true, error: undefined });
    expect(machine.commands.filter((command) => /^sudo -- \S*certutil/.test(command))).toHaveLength(3);
  });

  it('is what it runs, in a key store that is read-only and has a password', async () => {
    const java = javaMachine();
    for (const path of ['/usr', '/etc']) java.owners.set(path, 0);
    java.programs.set('sudo', () => ({}));
    const home = '/usr/lib/jvm/jdk';
    java.store(`${home}/lib/security/cacerts`, jksOf([], 'secret'));
    java.setMode(`${home}/lib/security/cacerts`, 0o444);
    java.write('/etc/password', 'secret\n');
    java.programs.set('keytool', java.programs.get('keytool') ?? (() => ({})));
    const system = {
      ...java.world.system,
      environment: { ...java.world.system.environment, DEVCA_JAVA_PASSWORD_FILE: '/etc/password' },
    };
    const world = { ...java.world, system, terminal: { ...java.world.terminal, canAsk: true } };
    const options = { stores: ['java'] };
    const [installed] = await installTrust(anchor, options, world);
    expect(installed).toMatchObject({ changed: true, error: undefined });
    const [removed] = await uninstallTrust(anchor, options, world);
    expect(removed).toMatchObject({ changed: true, error: undefined });
    expect(java.commands.filter((command) => /^sudo -- chmod/.test(command)).length).toBe(4);
  });
});
