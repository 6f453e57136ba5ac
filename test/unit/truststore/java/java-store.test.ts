import { describe, expect, it } from '@jest/globals';
import type { System } from '../../../../src/platform/system.ts';
import {
  installTrust,
  journalledRoots,
  planScript,
  planTrust,
  trustStatus,
  uninstallTrust,
} from '../../../../src/truststore/trust.ts';
import { anchorNickname, anchorPem, buildTrustAnchor } from '../../../../src/truststore/trust-anchor.ts';
import { HOME } from '../fake-machine.ts';
import { type JavaMachine, javaMachine, jksOf } from './java-machine.ts';

const JDK = `${HOME}/.sdkman/candidates/java/21.0.2-tem`;
const CACERTS = `${JDK}/lib/security/cacerts`;
const COPY = `${CACERTS}.devca`;
const KEYTOOL = `${JDK}/bin/keytool`;
const ID = `java:${CACERTS}`;
const SYSTEM_JDK = '/usr/lib/jvm/java-21';

const anchor = buildTrustAnchor(new Uint8Array([7, 7, 7]), 'devca root Åda@HOST 1');
const other = buildTrustAnchor(new Uint8Array([8, 8, 8]), 'devca root Åda@HOST 1');
const ALIAS = `devca root -da@host 1 ${anchor.sha256.slice(0, 16)}`;
const OTHERS = ['corporate proxy', 'globalsign [jdk]'];
const java = { stores: ['java'] };

/** A machine with one JDK of SDKMAN. */
function sdkman(system: Partial<System> = {}): JavaMachine {
  const machine = javaMachine(system);
  machine.store(CACERTS);
  machine.write(KEYTOOL);
  return machine;
}

/** A machine whose JDK belongs to root. */
function packaged(system: Partial<System> = {}): JavaMachine {
  const machine = javaMachine(system);
  machine.store(`${SYSTEM_JDK}/lib/security/cacerts`);
  machine.write(`${SYSTEM_JDK}/bin/keytool`);
  machine.owners.set('/usr/', 0);
  return machine;
}

const row = async (machine: JavaMachine) => (await trustStatus(anchor, java, machine.world))[0];
const install = async (machine: JavaMachine, which = anchor) =>
  (await installTrust(which, java, machine.world))[0];
const uninstall = async (machine: JavaMachine) => (await uninstallTrust(anchor, java, machine.world))[0];
const changing = ({ commands }: JavaMachine) => commands.filter((line) => !line.includes('-exportcert'));

describe("Java's key store", () => {
  it('gets the root by a copy that takes its place, with the keytool of that Java', async () => {
    const machine = sdkman();
    expect(await row(machine)).toMatchObject({
      id: ID,
      status: 'not-trusted',
      fix: `devca trust install --store ${ID}`,
    });
    expect(machine.commands).toEqual([]);
    expect(await install(machine)).toMatchObject({
      status: 'trusted',
      changed: true,
      detail: expect.stringMatching(
        /^as "devca root -da@host 1 [0-9a-f]{16}"; Java programs that are running/,
      ),
    });
    expect(changing(machine)).toEqual([
      `cp -pf ${CACERTS} ${COPY}`,
      `${KEYTOOL} -importcert -noprompt -alias ${ALIAS} -keystore ${COPY} -storepass changeit`,
      `mv -f ${COPY} ${CACERTS}`,
    ]);
    expect([...machine.aliases(CACERTS)].sort()).toEqual([...OTHERS, ALIAS].sort());
    expect(await install(machine)).toMatchObject({ status: 'trusted', changed: false });
  });

  it('loses exactly what devca added', async () => {
    const machine = sdkman();
    await install(machine);
    expect(await uninstall(machine)).toMatchObject({ status: 'not-trusted', changed: true });
    expect([...machine.aliases(CACERTS)].sort()).toEqual(OTHERS);
    expect(machine.has(COPY)).toBe(false);
    expect(await journalledRoots(machine.world)).toEqual([]);
  });

  it('keeps its mode, read-only or not', async () => {
    for (const mode of [0o644, 0o664, 0o444]) {
      const machine = sdkman();
      machine.setMode(CACERTS, mode);
      expect(await install(machine)).toMatchObject({ status: 'trusted' });
      expect(machine.mode(CACERTS)).toBe(mode);
      expect(machine.commands.some((line) => line.startsWith('chmod'))).toBe(mode === 0o444);
      await uninstall(machine);
      expect(machine.mode(CACERTS)).toBe(mode);
    }
  });

  it('trusts a root under whatever alias somebody else gave it, and keeps that', async () => {
    const machine = sdkman();
    machine.store(CACERTS, jksOf([{ alias: 'mine', certificate: anchor.certificate }]));
    const detail = 'as "mine", which devca did not add';
    expect(await row(machine)).toMatchObject({ status: 'trusted', detail });
    expect(await install(machine)).toMatchObject({ status: 'trusted', changed: false });
    expect(await uninstall(machine)).toMatchObject({ status: 'trusted', changed: false });
    expect(machine.aliases(CACERTS)).toEqual(['mine']);
  });

  it('takes another root of devca for a different one, and leaves it alone', async () => {
    const machine = sdkman();
    await install(machine, other);
    expect(await row(machine)).toMatchObject({ status: 'different-root' });
    await install(machine);
    await uninstall(machine);
    expect(machine.aliases(CACERTS)).toContain(anchorNickname(other).replace('Å', '-').toLowerCase());
  });

  it('says what keytool has against an entry that is there', async () => {
    const machine = sdkman();
    machine.store(CACERTS, jksOf([{ alias: ALIAS, certificate: anchor.certificate }]));
    machine.programs.set('keytool', () => ({
      status: 1,
      stdout: 'keytool error: java.io.IOException: odd\n',
    }));
    const detail = `"${ALIAS}" is there, but keytool says: java.io.IOException: odd`;
    expect(await row(machine)).toMatchObject({ status: 'partial', detail });
    machine.programs.set('keytool', () => ({ stdout: anchorPem(other) }));
    expect(await row(machine)).toMatchObject({ status: 'partial' });
  });

  it('is unknown where keytool does not answer, and no other is kept waiting for that', async () => {
    const machine = sdkman();
    const store = jksOf([{ alias: ALIAS, certificate: anchor.certificate }]);
    const homes = ['1', '2', '3', '4', '5'].map((name) => `${HOME}/.jdks/${name}`);
    for (const home of homes) machine.store(`${home}/lib/security/cacerts`, store);
    machine.programs.set('keytool', () => ({ status: null, timedOut: true }));
    const rows = await trustStatus(anchor, java, machine.world);
    expect(rows.filter(({ status }) => status === 'unknown')).toHaveLength(5);
    expect(rows.at(-1)?.detail).toContain('did not answer within 8 seconds');
    expect(machine.commands).toHaveLength(2);
  });

  it('is trusted without keytool, and not changed without it; another Java may lend its own', async () => {
    const machine = javaMachine();
    machine.store(CACERTS);
    machine.programs.delete('keytool');
    machine.programs.set('apk', () => ({}));
    const fix = 'sudo apk add openjdk21-jre-headless';
    expect(await row(machine)).toMatchObject({ status: 'tool-missing', fix });
    machine.store(CACERTS, jksOf([{ alias: ALIAS, certificate: anchor.certificate }]));
    expect(await row(machine)).toMatchObject({ status: 'trusted' });
    machine.store(CACERTS);
    expect(await install(machine)).toMatchObject({
      status: 'tool-missing',
      fix,
      error: { code: 'DEVCA_TRUST_TOOL_MISSING' },
    });
    const lending = javaMachine();
    lending.store(CACERTS);
    lending.write(`${HOME}/.jdks/openjdk-21/bin/keytool`);
    lending.store(`${HOME}/.jdks/openjdk-21/lib/security/cacerts`);
    const find = (program: string) => (program === 'keytool' ? undefined : lending.world.exec.find(program));
    const world = { ...lending.world, exec: { ...lending.world.exec, find } };
    await installTrust(anchor, { stores: [ID] }, world);
    expect(lending.commands[1]).toContain(`${HOME}/.jdks/openjdk-21/bin/keytool -importcert`);
  });

  it('with another password is read all the same, and changed with the password from a file', async () => {
    const machine = sdkman({ environment: { DEVCA_JAVA_PASSWORD_FILE: '/home/ada/pass' } });
    machine.write('/home/ada/pass', 'geheim\n');
    machine.store(CACERTS, jksOf([{ alias: 'one', certificate: new Uint8Array([1]) }], 'geheim'));
    expect(await install(machine)).toMatchObject({ status: 'trusted', changed: true });
    const [, keytool = ''] = changing(machine);
    expect(keytool).toMatch(/ -storepass:file \/home\/ada\/pass$/);
    expect(machine.commands.join('\n')).not.toContain('geheim');
    const unknown = sdkman();
    unknown.store(CACERTS, jksOf([{ alias: 'one', certificate: new Uint8Array([1]) }], 'geheim'));
    expect(await row(unknown)).toMatchObject({ status: 'not-trusted' });
    expect(await install(unknown)).toMatchObject({
      status: 'permission',
      fix: `DEVCA_JAVA_PASSWORD_FILE=password.txt devca trust install --store ${ID}`.slice(0, 200),
      error: { code: 'DEVCA_TRUST_JAVA_PASSWORD' },
    });
    expect(changing(unknown)).toEqual([]);
  });

  it('that is damaged is left as it is, and the next one gets its turn', async () => {
    const machine = sdkman();
    const second = `${HOME}/.jdks/openjdk-21/lib/security/cacerts`;
    machine.store(second);
    for (const bytes of [new Uint8Array(), jksOf([]).subarray(0, 12), Buffer.from('not a key store')]) {
      machine.store(CACERTS, bytes);
      const outcomes = await installTrust(anchor, java, machine.world);
      expect(outcomes).toMatchObject([
        { id: ID, status: 'unknown', error: { code: 'DEVCA_TRUST_JAVA_UNREADABLE' } },
        { id: `java:${second}`, status: 'trusted' },
      ]);
      await uninstallTrust(anchor, { stores: [`java:${second}`] }, machine.world);
    }
  });

  it('is as it was where keytool fails or hangs, with no copy left behind', async () => {
    for (const failure of [
      { status: 1, stdout: 'keytool error: java.lang.OutOfMemoryError\n' },
      { status: null, timedOut: true },
    ]) {
      const machine = sdkman();
      machine.programs.set('keytool', () => failure);
      expect(await install(machine)).toMatchObject({
        status: 'unknown',
        error: { code: 'DEVCA_TRUST_COMMAND_FAILED' },
      });
      expect([...machine.aliases(CACERTS)].sort()).toEqual(OTHERS);
      expect(machine.has(COPY)).toBe(false);
      expect(await journalledRoots(machine.world)).toEqual([]);
    }
  });

  it.each([
    ['cp: cannot create regular file: Read-only file system', 'DEVCA_TRUST_READ_ONLY'],
    ['cp: cannot create regular file: Permission denied', 'DEVCA_FILE_PERMISSION'],
  ])('says who is in the way: %s', async (stderr, code) => {
    const machine = sdkman();
    machine.programs.set('cp', () => ({ status: 1, stderr }));
    expect(await install(machine)).toMatchObject({ status: 'permission', changed: false, error: { code } });
  });

  it('takes a password that somebody changed meanwhile for what it is', async () => {
    const machine = sdkman();
    const text = 'java.io.IOException: Keystore was tampered with, or password was incorrect';
    machine.programs.set('keytool', () => ({ status: 1, stdout: `keytool error: ${text}\n` }));
    expect(await install(machine)).toMatchObject({ error: { code: 'DEVCA_TRUST_JAVA_PASSWORD' } });
  });

  it('of root is changed by root alone, with no keytool that somebody else may have changed', async () => {
    const machine = packaged();
    machine.write(KEYTOOL);
    machine.store(CACERTS);
    const plan = await planTrust('install', anchor, java, machine.world);
    const script = planScript(plan, machine.world);
    expect(script).toContain(`sudo ${SYSTEM_JDK}/bin/keytool -importcert`);
    expect(script).toContain(`\n${KEYTOOL} -importcert`);
    const bare = packaged();
    bare.programs.delete('keytool');
    bare.owners.set(`${SYSTEM_JDK}/bin`, 1000);
    bare.owners.delete('/usr/');
    bare.owners.set('/usr/', 0);
    expect(await install(bare)).toMatchObject({ error: { code: 'DEVCA_TRUST_TOOL_MISSING' } });
  });

  it('of root below a folder of the user is left alone, since the user could lead root elsewhere', async () => {
    const machine = sdkman();
    machine.owners.set(`${JDK}/lib`, 0);
    const refused = { status: 'permission', error: { code: 'DEVCA_TRUST_FOREIGN_OWNER' } };
    expect(await row(machine)).toMatchObject({ status: 'permission' });
    expect(await install(machine)).toMatchObject(refused);
    expect(changing(machine)).toEqual([]);
  });

  it('of root is changed with no keytool behind a link of the user', async () => {
    const machine = packaged();
    machine.owners.clear();
    machine.owners.set('/usr/lib/jvm/java-21/bin', 1000);
    machine.owners.set('/usr/', 0);
    machine.link('/usr/bin/keytool', '../lib/jvm/java-21/bin/keytool');
    expect(await install(machine)).toMatchObject({ error: { code: 'DEVCA_TRUST_TOOL_MISSING' } });
  });

  it('of a third user is left alone', async () => {
    const machine = packaged();
    machine.owners.set('/usr/', 4711);
    expect(await install(machine)).toMatchObject({
      status: 'permission',
      error: { code: 'DEVCA_TRUST_FOREIGN_OWNER' },
    });
    const mixed = sdkman();
    mixed.owners.set(CACERTS, 0);
    expect(await install(mixed)).toMatchObject({ error: { code: 'DEVCA_TRUST_FOREIGN_OWNER' } });
  });

  it('on Windows is changed in place', async () => {
    const home = 'C:\\Program Files\\Eclipse Adoptium\\jdk-21';
    const machine = javaMachine({
      platform: 'win32',
      uid: undefined,
      homeFolder: 'C:\\Users\\ada',
      environment: { ProgramFiles: 'C:\\Program Files', LOCALAPPDATA: 'C:\\Users\\ada\\AppData\\Local' },
    });
    machine.store(`${home}\\lib\\security\\cacerts`);
    machine.write(`${home}\\bin\\keytool.exe`);
    const [plan] = await planTrust('install', anchor, java, machine.world);
    expect(plan?.steps).toMatchObject([{ program: `${home}\\bin\\keytool.exe`, needsRoot: false }]);
  });

  it('is asked for all at once where there are many, and then by devca alone', async () => {
    const machine = javaMachine();
    const store = jksOf([{ alias: ALIAS, certificate: anchor.certificate }]);
    for (let i = 0; i < 300; i++) {
      machine.store(`${HOME}/.jdks/${i}/lib/security/cacerts`, store);
      machine.write(`${HOME}/.jdks/${i}/bin/keytool`);
    }
    const rows = await trustStatus(anchor, java, machine.world);
    expect(rows.map(({ status }) => status)).toEqual(Array(300).fill('trusted'));
    expect(machine.commands).toEqual([]);
  });

  it('loses what a killed install has left beside it', async () => {
    const machine = sdkman();
    const journal = `${HOME}/.local/state/devca/trust.jsonl`;
    await install(machine);
    const [begun = ''] = (machine.read(journal) ?? '').split('\n');
    machine.store(CACERTS);
    machine.write(COPY, 'half a key store');
    machine.write(journal, `${begun}\n`);
    expect(await install(machine, other)).toMatchObject({ status: 'trusted', changed: true });
    expect(machine.has(COPY)).toBe(false);
    expect((await journalledRoots(machine.world)).map(({ sha256 }) => sha256)).toEqual([other.sha256]);
  });

  it('that is gone meanwhile needs no uninstall', async () => {
    const machine = sdkman();
    await install(machine);
    const gone = javaMachine();
    gone.write(
      `${HOME}/.local/state/devca/trust.jsonl`,
      machine.read(`${HOME}/.local/state/devca/trust.jsonl`),
    );
    expect(await uninstallTrust(anchor, { stores: [ID] }, gone.world)).toMatchObject([{ changed: false }]);
    expect(await journalledRoots(gone.world)).toEqual([]);
  });
});
