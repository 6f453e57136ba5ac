import { describe, expect, it } from '@jest/globals';
import { examineStores } from '../../../../src/truststore/trust.ts';
import { javaMachine, jksOf } from './java-machine.ts';

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
