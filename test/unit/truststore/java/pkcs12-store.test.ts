import { describe, expect, it } from '@jest/globals';
import {
  encodeInteger,
  encodeOctetString,
  encodeOid,
  encodeSequence,
  encodeSet,
  encodeTagged,
} from '../../../../src/pki/der-writer.ts';
import { OID } from '../../../../src/pki/oid.ts';
import { encodePkcs12 } from '../../../../src/pki/pkcs12-writer.ts';
import { installTrust, trustStatus } from '../../../../src/truststore/trust.ts';
import { anchorPem, buildTrustAnchor } from '../../../../src/truststore/trust-anchor.ts';
import { HOME } from '../fake-machine.ts';
import { type JavaMachine, javaMachine } from './java-machine.ts';

const JDK = `${HOME}/.jdks/openjdk-21`;
const CACERTS = `${JDK}/lib/security/cacerts`;
const ALIAS = 'devca root ada@host 1';
const anchor = buildTrustAnchor(new Uint8Array([7, 7, 7]), ALIAS);
const java = { stores: ['java'] };

function machineWithJava(): JavaMachine {
  const machine = javaMachine();
  machine.write(`${JDK}/bin/keytool`);
  return machine;
}

const row = async (machine: JavaMachine) => (await trustStatus(anchor, java, machine.world))[0];
const install = async (machine: JavaMachine) => (await installTrust(anchor, java, machine.world))[0];

describe("Java's key store in PKCS#12", () => {
  const trusted = [{ alias: ALIAS, certificate: anchor.certificate }];
  const random = (length: number) => new Uint8Array(length).fill(1);

  it('without a password is read as Java reads it', async () => {
    const machine = machineWithJava();
    machine.store(CACERTS, openPkcs12(true));
    machine.programs.set('keytool', () => ({ stdout: anchorPem(anchor) }));
    expect(await row(machine)).toMatchObject({ status: 'trusted' });
    machine.store(CACERTS, openPkcs12(false));
    expect(await row(machine)).toMatchObject({ status: 'not-trusted' });
  });

  it('that is encrypted brings Java nothing: the root in it counts as half a trust, and none is added', async () => {
    const machine = machineWithJava();
    machine.store(CACERTS, encodePkcs12({ trusted }, { password: 'changeit', legacy: false, random }));
    expect(await row(machine)).toMatchObject({ status: 'partial' });
    expect(await install(machine)).toMatchObject({ error: { code: 'DEVCA_TRUST_JAVA_SEALED' } });
    machine.store(CACERTS, encodePkcs12({ trusted: [] }, { password: 'changeit', legacy: false, random }));
    expect(await install(machine)).toMatchObject({ error: { code: 'DEVCA_TRUST_JAVA_SEALED' } });
    machine.store(CACERTS, encodePkcs12({ trusted }, { password: 'geheim', legacy: false, random }));
    expect(await row(machine)).toMatchObject({ status: 'permission' });
  });

  /** As Java writes it since version 18: no encryption, no MAC. */
  function openPkcs12(isTrusted: boolean): Uint8Array {
    const context = (content: Uint8Array) => encodeTagged(0xa0, content);
    const data = (content: Uint8Array) =>
      encodeSequence(encodeOid(OID.pkcs7Data), context(encodeOctetString(content)));
    const certificate = encodeSequence(
      encodeOid(OID.x509Certificate),
      context(encodeOctetString(anchor.certificate)),
    );
    const trust = encodeSequence(
      encodeOid(OID.trustedKeyUsage),
      encodeSet(encodeOid(OID.anyExtendedKeyUsage)),
    );
    const name = Buffer.from(ALIAS, 'utf16le').swap16();
    const attributes = [
      encodeSequence(encodeOid(OID.friendlyName), encodeSet(encodeTagged(0x1e, name))),
      ...(isTrusted ? [trust] : []),
    ];
    const bag = encodeSequence(encodeOid(OID.pkcs12CertBag), context(certificate), encodeSet(...attributes));
    return encodeSequence(encodeInteger(3), data(encodeSequence(data(encodeSequence(bag)))));
  }
});
