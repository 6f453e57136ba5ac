import { describe, expect, it } from '@jest/globals';
import { encodePkcs12 } from '../../../../src/pki/pkcs12-writer.ts';
import { examineStores } from '../../../../src/truststore/trust.ts';
import { HOME } from '../fake-machine.ts';
import { type JavaMachine, javaMachine, jksOf } from './java-machine.ts';

const SHARED = '/etc/ssl/certs/java/cacerts';
const JDK = '/usr/lib/jvm/java-17';

/** A Debian whose JDK reads the key store that the system's hook adds to. */
function debian(aliases: readonly string[]) {
  const machine = javaMachine();
  const trusted = aliases.map((alias, index) => ({ alias, certificate: new Uint8Array([index]) }));
  machine.store(SHARED, jksOf(trusted));
  machine.write('/etc/ca-certificates/update.d/jks-keystore');
  machine.write('/etc/ca-certificates.conf', 'mozilla/Kept_CA.crt\n!mozilla/Dropped_CA.crt\n');
  machine.write('/etc/ssl/certs/Kept_CA.pem');
  machine.write(`${JDK}/bin/keytool`);
  machine.link(`${JDK}/lib/security/cacerts`, `../../../../../..${SHARED}`);
  machine.owners.set('/etc/', 0);
  return machine;
}

const faultsOf = async (aliases: readonly string[]) =>
  (await examineStores(debian(aliases).world))
    .filter(({ id }) => id.startsWith('java:'))
    .flatMap(({ faults }) => faults);

describe("what is left in Java's key store", () => {
  it('is a root that somebody took out of the system’s store', async () => {
    const faults = await faultsOf(['debian:kept_ca.pem', 'debian:gone.pem', 'company proxy']);
    expect(faults).toEqual([
      {
        id: 'java-leftover',
        severity: 'problem',
        message: expect.stringMatching(/"debian:gone\.pem"$/),
        fix: `sudo keytool -delete -keystore ${SHARED} -storepass changeit -alias debian:gone.pem`,
      },
    ]);
  });

  it('is nothing where only the distribution has dropped roots', async () => {
    expect(await faultsOf(['debian:kept_ca.pem', 'debian:dropped_ca.pem'])).toEqual([]);
  });
});

const CACERTS = `${HOME}/.jdks/21/lib/security/cacerts`;

async function examine(bytes: Uint8Array, change?: (machine: JavaMachine) => void) {
  const machine = javaMachine();
  machine.store(CACERTS, bytes);
  change?.(machine);
  const stores = await examineStores(machine.world);
  return stores.find(({ id }) => id === `java:${CACERTS}`);
}

const storeOf = (...aliases: readonly string[]) =>
  jksOf(aliases.map((alias, index) => ({ alias, certificate: new Uint8Array([index]) })));

describe("what somebody has added to Java's key store", () => {
  it.each([
    [
      'all that Java itself has not named',
      ['globalsign [jdk]', 'company', 'devca root x 00'],
      ['company', 'devca root x 00'],
    ],
    ['all that Debian has not named', ['debian:accvraiz1.pem', 'company'], ['company']],
    [
      'what has the name of a tool, where nothing else tells',
      ['globalsignca', 'mkcert development ca 1', 'devca root x 00'],
      ['mkcert development ca 1', 'devca root x 00'],
    ],
  ])('is %s', async (_what, aliases, expected) => {
    expect((await examine(storeOf(...aliases)))?.entries.map(({ place }) => place)).toEqual(expected);
  });

  it('goes with a command that can be pasted', async () => {
    const store = await examine(storeOf('globalsign [jdk]', 'it is mine'));
    expect(store?.entries.map(({ remove }) => remove)).toEqual([
      `keytool -delete -keystore ${CACERTS} -storepass changeit -alias 'it is mine'`,
    ]);
  });
});

describe("what is wrong with Java's key store", () => {
  it('is that it is empty, or half changed', async () => {
    const store = await examine(jksOf([]), (machine) => machine.write(`${CACERTS}.devca`));
    expect(store?.faults.map(({ id }) => id)).toEqual(['java-store-empty', 'java-store-copy']);
  });

  it('is that it is encrypted', async () => {
    const random = (length: number) => new Uint8Array(length).fill(1);
    const trusted = [{ alias: 'a', certificate: new Uint8Array([1]) }];
    const store = await examine(encodePkcs12({ trusted }, { password: 'changeit', legacy: false, random }));
    expect(store?.faults.map(({ id }) => id)).toEqual(['java-store-encrypted']);
  });
});
