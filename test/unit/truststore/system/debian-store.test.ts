import { beforeEach, describe, expect, it } from '@jest/globals';
import {
  installTrust,
  planScript,
  planTrust,
  trustStatus,
  uninstallTrust,
} from '../../../../src/truststore/trust.ts';
import { anchorFileName, anchorPem, buildTrustAnchor } from '../../../../src/truststore/trust-anchor.ts';
import { scratchFolder } from '../../../support/scratch.ts';
import { newAnchor } from '../../../support/trust-lab.ts';
import { type FakeMachine, fakeMachine } from '../fake-machine.ts';

const BUNDLE = '/etc/ssl/certs/ca-certificates.crt';
const anchor = buildTrustAnchor(new Uint8Array([1, 2, 3]), 'devca root alice@host 1');
const FILE = `/usr/local/share/ca-certificates/${anchorFileName(anchor)}.crt`;
const OTHER_FILE = '/usr/local/share/ca-certificates/company.crt';
const only = { stores: ['system'] };

describe("Debian's system store", () => {
  let machine: FakeMachine;
  /** As the real program: the bundle becomes what the files say. */
  const rebuild = (): object => {
    machine.write(BUNDLE, `OTHER ROOTS\n${machine.read(OTHER_FILE) ?? ''}${machine.read(FILE) ?? ''}`);
    return {};
  };
  beforeEach(() => {
    machine = fakeMachine({ folder: scratchFolder(), system: { uid: 0 } });
    machine.write('/etc/debian_version', '12.9\n');
    machine.write(BUNDLE, 'OTHER ROOTS\n');
    machine.write(OTHER_FILE, '');
    machine.programs.set('update-ca-certificates', rebuild);
    machine.programs.set('openssl', () =>
      machine.read(BUNDLE)?.includes(anchorPem(anchor)) === true
        ? {}
        : {
            status: 2,
            stderr: 'error 18 at 0 depth lookup: self-signed certificate\nerror stdin: verification failed',
          },
    );
  });
  const row = async () => (await trustStatus(anchor, only, machine.world))[0];
  const install = async () => (await installTrust(anchor, only, machine.world))[0];
  const uninstall = async () => (await uninstallTrust(anchor, only, machine.world))[0];

  it('is changed by one file and a rebuild of the bundle, and changed back', async () => {
    expect(await row()).toMatchObject({ status: 'not-trusted', fix: 'devca trust install --store system' });
    expect(await install()).toMatchObject({ status: 'trusted', changed: true, detail: FILE });
    expect(machine.read(FILE)).toBe(anchorPem(anchor));
    expect(await install()).toMatchObject({ status: 'trusted', changed: false });
    expect(await uninstall()).toMatchObject({ status: 'not-trusted', changed: true });
    expect(machine.has(FILE)).toBe(false);
    expect(machine.read(BUNDLE)).toBe('OTHER ROOTS\n');
    expect(machine.commands).toContain('/usr/bin/update-ca-certificates --fresh');
    expect(await uninstall()).toMatchObject({ changed: false, error: undefined });
  });

  it('is partial where the file is there and the bundle was not rebuilt, which an install mends', async () => {
    machine.write(FILE, anchorPem(anchor));
    expect(await row()).toMatchObject({ status: 'partial' });
    expect(await install()).toMatchObject({ status: 'trusted', changed: true });
  });

  it('is partial where the root is in the bundle and OpenSSL refuses it all the same', async () => {
    machine.write(BUNDLE, anchorPem(anchor));
    machine.programs.set('openssl', (args) =>
      args.includes('-CApath')
        ? { status: 2, stderr: 'error 18 at 0 depth lookup: self-signed certificate' }
        : {},
    );
    expect(await row()).toMatchObject({
      status: 'partial',
      detail: `in ${BUNDLE}, but openssl says: self-signed certificate`,
    });
  });

  it('asks an OpenSSL that knows no -no-CAstore without it, and does without OpenSSL where there is none', async () => {
    machine.write(BUNDLE, anchorPem(anchor));
    machine.programs.set('openssl', (args) =>
      args.includes('-no-CAstore') ? { status: 1, stderr: 'verify: Unknown option: -no-CAstore' } : {},
    );
    expect(await row()).toMatchObject({ status: 'trusted' });
    machine.programs.delete('openssl');
    expect(await row()).toMatchObject({
      status: 'trusted',
      detail: `in ${BUNDLE}, from a file that devca did not write; judged by its bytes in ${BUNDLE}: openssl is not installed`,
    });
  });

  it('tells another root of devca from this one', async () => {
    machine.write('/usr/local/share/ca-certificates/devca-0011223344556677.crt', 'x');
    expect(await row()).toMatchObject({ status: 'different-root' });
  });

  it('leaves a file alone that has the name and not the bytes', async () => {
    machine.write(FILE, `${anchorPem(anchor)}${anchorPem(anchor)}`);
    await uninstall();
    expect(machine.has(FILE)).toBe(true);
  });

  it('says so where the root stays trusted through a file of somebody else', async () => {
    machine.write(OTHER_FILE, anchorPem(anchor));
    machine.write(FILE, anchorPem(anchor));
    rebuild();
    expect(await uninstall()).toMatchObject({
      status: 'trusted',
      error: { code: 'DEVCA_TRUST_STILL_TRUSTED', exitStatus: 5 },
    });
    expect(machine.has(FILE)).toBe(false);
    expect(machine.has(OTHER_FILE)).toBe(true);
  });

  it('takes the root out again where the store does not accept it', async () => {
    machine.programs.set('update-ca-certificates', () => ({}));
    expect(await install()).toMatchObject({ error: { code: 'DEVCA_TRUST_NOT_EFFECTIVE', exitStatus: 5 } });
    expect(machine.has(FILE)).toBe(false);
  });

  it('takes the file out again where the rebuild fails, and shows what the program said', async () => {
    machine.programs.set('update-ca-certificates', (args) =>
      args.includes('--fresh') ? rebuild() : { status: 1, stderr: 'rehash: out of luck' },
    );
    const outcome = await install();
    expect(outcome).toMatchObject({ error: { code: 'DEVCA_TRUST_COMMAND_FAILED' } });
    expect(outcome?.error?.message).toContain('rehash: out of luck');
    expect(machine.has(FILE)).toBe(false);
  });

  it("keeps Java's hook from a rebuild that it has no part in, and runs the hooks of others", async () => {
    machine.write('/etc/ca-certificates/update.d/jks-keystore');
    await install();
    expect(planScript(await planTrust('uninstall', anchor, only, machine.world), machine.world)).toMatch(
      /^# rebuild .*; without its hooks, of which Java's alone is there: .*\n.*--hooksdir \/nonexistent$/m,
    );
    await uninstall();
    const without = '/usr/bin/update-ca-certificates --fresh --hooksdir /nonexistent';
    expect(machine.commands).toContain(without);
    machine.write('/etc/ca-certificates/update.d/mono-keystore');
    await install();
    await uninstall();
    expect(machine.commands).toContain('/usr/bin/update-ca-certificates --fresh');
    expect(machine.commands.filter((line) => line === without)).toHaveLength(1);
  });

  it("removes the alias that Debian's hook leaves in Java's key store, where it holds this very root", async () => {
    const aliases = new Map([[`debian:${anchorFileName(anchor)}.pem`, anchorPem(anchor)]]);
    machine.write('/etc/ssl/certs/java/cacerts');
    machine.programs.set('keytool', (args) => {
      const alias = args[args.indexOf('-alias') + 1] ?? '';
      if (args[0] === '-delete') aliases.delete(alias);
      const pem = aliases.get(alias);
      return pem === undefined && args[0] !== '-delete' ? { status: 1 } : { stdout: pem ?? '' };
    });
    await uninstall();
    expect(aliases.size).toBe(0);
    aliases.set(
      `debian:${anchorFileName(anchor)}.pem`,
      anchorPem({ ...anchor, certificate: new Uint8Array([9]) }),
    );
    await uninstall();
    expect(aliases.size).toBe(1);
  });

  it('refuses to drop from the bundle what somebody appended by hand', async () => {
    const proxy = newAnchor('company proxy');
    machine.write('/etc/ca-certificates.conf', '# chosen\nmozilla/Főtanúsítvány.crt\n!mozilla/Gone.crt\n');
    machine.write('/usr/share/ca-certificates/mozilla/Főtanúsítvány.crt', anchorPem(newAnchor('one')));
    machine.write(BUNDLE, machine.read('/usr/share/ca-certificates/mozilla/Főtanúsítvány.crt'));
    expect(await install()).toMatchObject({ status: 'trusted' });
    await uninstall();
    machine.write(BUNDLE, anchorPem(proxy));
    const outcome = await install();
    expect(outcome).toMatchObject({
      status: 'not-trusted',
      changed: false,
      error: { code: 'DEVCA_TRUST_BUNDLE_EDITED' },
    });
    expect(outcome?.error?.message).toContain('company proxy');
    expect(machine.has(FILE)).toBe(false);
    machine.write('/usr/local/share/ca-certificates/deep/proxy.crt', anchorPem(proxy));
    expect(await install()).toMatchObject({ status: 'trusted', changed: true });
  });

  it('names the package where the program is missing', async () => {
    machine.programs.delete('update-ca-certificates');
    machine.programs.set('apt-get', () => ({}));
    expect(await row()).toMatchObject({
      status: 'tool-missing',
      fix: 'apt-get install -y ca-certificates',
    });
  });

  it('plans without changing anything, as a script that can be pasted', async () => {
    const plan = await planTrust('install', anchor, only, machine.world);
    expect(
      planScript(plan, { exec: machine.world.exec, system: { ...machine.world.system, uid: 1000 } }),
    ).toBe(
      `## system\n# add the root\nsudo install -m 0644 /dev/null ${FILE}\n` +
        `sudo dd of=${FILE} conv=notrunc,fsync status=none <<'DEVCA_END'\n${anchorPem(anchor)}DEVCA_END\n` +
        `# rebuild ${BUNDLE} and what belongs to it\nsudo /usr/bin/update-ca-certificates\n`,
    );
    expect(machine.has(FILE)).toBe(false);
    expect(machine.commands.filter((command) => !command.startsWith('openssl'))).toEqual([]);
  });

  it('is changed through sudo by a user at the terminal, with the root on standard input', async () => {
    const user = fakeMachine({ folder: scratchFolder(), system: { uid: 1000 }, canAsk: true });
    machine = user;
    user.write('/etc/debian_version', '12.9\n');
    user.programs.set('update-ca-certificates', rebuild);
    user.programs.set('sudo', () => ({}));
    expect(await install()).toMatchObject({ status: 'trusted', changed: true });
    expect(user.commands.filter((command) => command.startsWith('sudo'))).toEqual([
      expect.stringContaining('sudo -v'),
      'sudo -- install -d -m 0755 /usr/local/share/ca-certificates',
      `sudo -- install -m 0644 /dev/null ${FILE}`,
      `sudo -- dd of=${FILE} conv=notrunc,fsync status=none`,
      'sudo -- /usr/bin/update-ca-certificates',
    ]);
  });

  it('is not changed without a terminal by anybody but root', async () => {
    machine = fakeMachine({ folder: scratchFolder(), system: { uid: 1000 } });
    machine.write('/etc/debian_version', '12.9\n');
    machine.programs.set('update-ca-certificates', rebuild);
    expect(await install()).toMatchObject({
      status: 'permission',
      fix: 'devca trust install --store system --dry-run | sh',
      error: { code: 'DEVCA_TRUST_NEEDS_ROOT' },
    });
    expect(machine.has('/home/ada/.local/state/devca/trust.jsonl')).toBe(false);
  });
});
