import { describe, expect, it } from '@jest/globals';
import { installTrust, trustStatus, uninstallTrust } from '../../../../src/truststore/trust.ts';
import { buildTrustAnchor } from '../../../../src/truststore/trust-anchor.ts';
import { type JavaMachine, javaMachine, jksOf } from './java-machine.ts';

const JDK = '/usr/lib/jvm/java-21';
const SHARED = '/etc/ssl/certs/java/cacerts';
const anchor = buildTrustAnchor(new Uint8Array([7, 7, 7]), 'devca root ada@host 1');
const DEBIAN_ALIAS = `debian:devca-${anchor.sha256.slice(0, 16)}.pem`;
const java = { stores: ['java'] };

const row = async (machine: JavaMachine) => (await trustStatus(anchor, java, machine.world))[0];
const install = async (machine: JavaMachine, options: object = java) =>
  (await installTrust(anchor, options, machine.world)).find(({ id }) => id.startsWith('java:'));
const uninstall = async (machine: JavaMachine) => (await uninstallTrust(anchor, java, machine.world))[0];

describe("Java's key store that the system's store feeds", () => {
  /** A machine whose Java reads the key store that its distribution makes. */
  function fed(file: string, marker: string): JavaMachine {
    const machine = javaMachine({ uid: 0 });
    machine.store(file);
    machine.write(marker);
    machine.link(`${JDK}/lib/security/cacerts`, `../../../../../..${file}`);
    machine.write(`${JDK}/bin/keytool`);
    machine.owners.set('/', 0);
    return machine;
  }
  const debian = () => fed(SHARED, '/etc/ca-certificates/update.d/jks-keystore');
  const inSystem = `/etc/ssl/certs/devca-${anchor.sha256.slice(0, 16)}.pem`;

  it('gets nothing but what that brings, unless it is named', async () => {
    const machine = debian();
    expect(await row(machine)).toMatchObject({ detail: expect.stringContaining('of the system store') });
    expect(await install(machine, {})).toMatchObject({ status: 'not-trusted', changed: false });
    expect(await install(machine, { stores: [`java:${SHARED}`] })).toMatchObject({
      status: 'trusted',
    });
  });

  it('gets the root by itself where the hook of the system has failed', async () => {
    const machine = debian();
    machine.write(inSystem);
    expect(await install(machine, {})).toMatchObject({ status: 'trusted', changed: true });
  });

  it('keeps what the system brought as long as that has it, and loses what the hook left behind', async () => {
    const machine = debian();
    machine.store(SHARED, jksOf([{ alias: DEBIAN_ALIAS, certificate: anchor.certificate }]));
    machine.write(inSystem);
    expect(await row(machine)).toMatchObject({
      status: 'trusted',
      detail: `as "${DEBIAN_ALIAS}", from the system store`,
    });
    expect(await uninstall(machine)).toMatchObject({ status: 'trusted', changed: false });
    machine.world.files.remove(inSystem);
    expect(await uninstall(machine)).toMatchObject({ status: 'not-trusted', changed: true });
    expect(machine.aliases(SHARED)).toEqual([]);
  });

  it.each([
    ['Fedora', '/etc/pki/ca-trust/extracted/java/cacerts', '/etc/fedora-release'],
    ['openSUSE', '/var/lib/ca-certificates/java-cacerts', '/etc/os-release'],
    ['Alpine', SHARED, '/etc/alpine-release'],
    ['Arch', SHARED, '/etc/arch-release'],
  ])('is not changed where it is made anew each time, as on %s', async (_name, file, marker) => {
    const machine = fed(file, marker);
    expect(await row(machine)).toMatchObject({ fix: 'devca trust install --store system' });
    expect(await install(machine, {})).toMatchObject({ changed: false, error: undefined });
    expect(await install(machine)).toMatchObject({
      fix: 'devca trust install --store system',
      error: { code: 'DEVCA_TRUST_JAVA_GENERATED' },
    });
  });

  it.each(['/snap/idea/512/jbr', '/nix/store/abc-openjdk-21'])('is unsupported in %s', async (home) => {
    const machine = javaMachine({ environment: { JAVA_HOME: home } });
    machine.store(`${home}/lib/security/cacerts`);
    expect(await row(machine)).toMatchObject({ status: 'unsupported' });
    expect(await install(machine)).toMatchObject({ changed: false, error: undefined });
  });
});
