import { describe, expect, it } from '@jest/globals';
import { parseCrl } from '../../../src/pki/crl.ts';
import { DerReader } from '../../../src/pki/der-reader.ts';
import {
  encodeBitString,
  encodeGeneralizedTime,
  encodeInteger,
  encodeNull,
  encodeSequence,
} from '../../../src/pki/der-writer.ts';
import { encodeIssuingDistributionPoint } from '../../../src/pki/extensions/issuing-distribution-point.ts';
import { encodeReasonCode } from '../../../src/pki/extensions/reason-code.ts';
import { encodeSubjectAltName } from '../../../src/pki/extensions/subject-alt-name.ts';
import { formatName } from '../../../src/pki/name-text.ts';
import { OID } from '../../../src/pki/oid.ts';
import { commonName, daysFromNow, NOW, testAuthority, testCrl } from '../../support/test-pki.ts';

const root = testAuthority({ subject: 'root' });
const other = { kind: 'directoryName', name: commonName('other') } as const;

describe('a revocation list', () => {
  it('is read with its entries and extensions', () => {
    const der = testCrl({
      signer: root,
      number: 7,
      revoked: [
        { serialNumber: '1f' },
        {
          serialNumber: '2f',
          extensions: [
            { oid: OID.reasonCode, critical: false, value: encodeReasonCode('keyCompromise') },
            { oid: OID.invalidityDate, critical: false, value: encodeGeneralizedTime(NOW) },
            { oid: OID.certificateIssuer, critical: true, value: encodeSubjectAltName([other]) },
          ],
        },
      ],
      extensions: [
        {
          oid: OID.issuingDistributionPoint,
          critical: true,
          value: encodeIssuingDistributionPoint({
            onlyContainsUserCerts: false,
            onlyContainsCACerts: false,
            indirectCRL: true,
            onlyContainsAttributeCerts: false,
          }),
        },
        { oid: OID.deltaCRLIndicator, critical: true, value: encodeInteger(5) },
      ],
    });
    const crl = parseCrl(der);
    expect(formatName(crl.issuer)).toBe('CN=root');
    expect(crl).toMatchObject({
      version: 2,
      thisUpdate: daysFromNow(-2),
      nextUpdate: daysFromNow(7),
      crlNumber: 7n,
      deltaCrlIndicator: 5n,
      issuingDistributionPoint: { indirectCRL: true },
    });
    expect(crl.revoked).toMatchObject([
      { serialNumber: '1f', revocationDate: daysFromNow(-1), extensions: [] },
      { serialNumber: '2f', reason: 'keyCompromise', invalidityDate: NOW, certificateIssuer: [other] },
    ]);
    expect(crl.revoked[0]?.reason).toBeUndefined();
  });

  it('may be empty, and of version 1 without extensions', () => {
    expect(parseCrl(testCrl({ signer: root })).revoked).toEqual([]);
    const [, ...fields] = fieldsOf(testCrl({ signer: root }));
    expect(parseCrl(withFields(fields.slice(0, 4)))).toMatchObject({ version: 1, extensions: [] });
    expect(parseCrl(withFields(fields.slice(0, 3))).nextUpdate).toBeUndefined();
  });

  it.each<[string, () => Uint8Array, RegExp]>([
    ['version 1 that is written out', () => changed((f) => [encodeInteger(0), ...f.slice(1)]), /version 1/],
    ['version 3', () => changed((f) => [encodeInteger(2), ...f.slice(1)]), /version 3/],
    ['extensions in version 1', () => changed((f) => f.slice(1)), /version 1 has extensions/],
    ['a field more', () => changed((f) => [...f, encodeNull()]), /follow its end/],
    [
      'a signature that ends within an octet',
      () => encodeSequence(...parts().slice(0, 2), encodeBitString(Uint8Array.of(2), 1)),
      /end at an octet/,
    ],
    ['an entry of version 1 with extensions', () => entryInVersion1(), /entry in a list of version 1/],
  ])('is refused with %s', (_, der, reason) => {
    expect(() => parseCrl(der())).toThrow(reason);
  });
});

function parts(der: Uint8Array = testCrl({ signer: root })): Uint8Array[] {
  return new DerReader(der, 'list').enter().readAll((reader) => reader.read().der);
}

function fieldsOf(der: Uint8Array): Uint8Array[] {
  const [tbs = new Uint8Array()] = parts(der);
  return new DerReader(tbs, 'tbs').enter().readAll((reader) => reader.read().der);
}

const withFields = (fields: readonly Uint8Array[]): Uint8Array =>
  encodeSequence(encodeSequence(...fields), ...parts().slice(1));

const changed = (change: (fields: Uint8Array[]) => Uint8Array[]): Uint8Array =>
  withFields(change(fieldsOf(testCrl({ signer: root }))));

function entryInVersion1(): Uint8Array {
  const reason = { oid: OID.reasonCode, critical: false, value: encodeReasonCode('superseded') };
  const der = testCrl({ signer: root, revoked: [{ serialNumber: '01', extensions: [reason] }] });
  return withFields(fieldsOf(der).slice(1, -1));
}
