import { join } from 'node:path';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { issuerKey } from '../../../../src/authority/issuer-key.ts';
import { readEasyRsaList } from '../../../../src/lifecycle/import/easy-rsa-list.ts';
import { encodePem } from '../../../../src/pki/pem.ts';
import { easyRsaFolder, write } from '../../../support/import-sources.ts';
import { refusal } from '../../../support/refusal.ts';
import { scratchFolder } from '../../../support/scratch.ts';
import { NOW, testAuthority, testCrl, testServer } from '../../../support/test-pki.ts';
import { testWorld } from '../../../support/test-world.ts';

const root = testAuthority({ subject: 'Easy-RSA CA' });
const [api, bob, old] = ['a0', 'b0', 'c0'].map((serialNumber) =>
  testServer({ subject: 'x', issuer: root, serialNumber: `${serialNumber}0102030405060708090a0b0c0d0e0f` }),
) as [ReturnType<typeof testServer>, ReturnType<typeof testServer>, ReturnType<typeof testServer>];
const serialOf = ({ certificate }: typeof api) => certificate.serialNumber;

let home: string;

beforeEach(() => {
  home = scratchFolder();
});

const read = () => readEasyRsaList(join(home, 'pki'), [root.certificate], testWorld({ home, now: NOW }));

const row = (status: string, serial: string, revoked = '') =>
  `${status}\t270615120000Z\t${revoked}\t${serial.toUpperCase()}\tunknown\t/CN=x\n`;

describe("OpenSSL's list", () => {
  it('says what is revoked, when and why', () => {
    easyRsaFolder(home, root, {
      index: row('V', serialOf(api)) + row('R', serialOf(bob), '260601000000Z,keyCompromise'),
      issued: { api },
      revoked: { [serialOf(bob)]: bob },
      crlNumber: '0F',
    });
    const list = read();
    expect(list.entries).toEqual([
      { certificate: api.certificate, issuerKey: issuerKey(root.certificate), revoked: undefined },
      {
        certificate: bob.certificate,
        issuerKey: issuerKey(root.certificate),
        revoked: { revokedAt: new Date('2026-06-01T00:00:00Z'), reason: 'keyCompromise' },
      },
    ]);
    expect(list).toMatchObject({ revokedBefore: [], lastCrlNumber: 14, notes: [] });
  });

  it('keeps revoked what has no certificate any more, and what the latest revocation list names', () => {
    easyRsaFolder(home, root, {
      index: row('R', '0bad', '20260601000000Z,CACompromise') + row('V', '1234'),
      issued: { api },
    });
    const crl = testCrl({
      signer: root,
      number: 7000,
      revoked: [{ serialNumber: serialOf(api) }, { serialNumber: '7f' }],
    });
    write(join(home, 'pki/crl.pem'), encodePem('X509 CRL', crl));
    const { entries, revokedBefore, lastCrlNumber, notes } = read();
    expect(entries[0]?.revoked?.reason).toBe('unspecified');
    expect(revokedBefore.map(({ serialNumber, reason }) => [serialNumber, reason])).toEqual([
      ['7f', 'unspecified'],
      ['0bad', 'cACompromise'],
    ]);
    expect(lastCrlNumber).toBe(7000);
    expect(notes.join()).toContain('1 of the certificates in index.txt have no file any more');
  });

  it('does not take the authority itself for something that it has issued', () => {
    easyRsaFolder(home, root, { index: row('V', serialOf(api)), issued: { api, root } });
    const { entries, notes } = read();
    expect(entries.map(({ certificate }) => certificate)).toEqual([api.certificate]);
    expect(notes).toEqual([]);
  });

  it('leaves out what another authority has signed, and says so', () => {
    const stranger = testServer({ subject: 'x', issuer: testAuthority({ subject: 'Easy-RSA CA' }) });
    easyRsaFolder(home, root, { index: '', issued: { api, stranger, old } });
    const { entries, notes } = read();
    expect(entries.map(({ certificate }) => certificate)).toEqual([api.certificate, old.certificate]);
    expect(notes.join()).toContain('1 file among the certificates was left out');
  });

  it.each([
    ['X\t270615120000Z\t\t01\tunknown\t/CN=x', 'no status in line 1'],
    ['V\tnever\t\t01\tunknown\t/CN=x', 'no time in line 1'],
    ['V\t270615120000Z\t\tzz\tunknown\t/CN=x', 'no serial number in line 1'],
    ['R\t270615120000Z\tsoon\t01\tunknown\t/CN=x', 'no time in line 1'],
    ['\0\0\0', 'no status'],
  ])('is refused where it cannot be read: %j', (index, reason) => {
    easyRsaFolder(home, root, { index });
    expect(refusal(read)).toEqual([
      'DEVCA_IMPORT_LIST',
      { path: join(home, 'pki/index.txt'), reason: expect.stringContaining(reason) },
    ]);
  });

  it('is refused where the number or the revocation list cannot be read', () => {
    easyRsaFolder(home, root, { index: '', crlNumber: 'many' });
    expect(refusal(read)[0]).toBe('DEVCA_IMPORT_LIST');
    easyRsaFolder(home, root, { index: '', crlNumber: 'ffffffffffffffffff' });
    expect(refusal(read)[0]).toBe('DEVCA_IMPORT_LIST');
    easyRsaFolder(home, root, { index: '', crlNumber: '01' });
    write(join(home, 'pki/crl.pem'), '-----BEGIN X509 CRL-----\nMIIB\n');
    expect(refusal(read)[0]).toBe('DEVCA_IMPORT_LIST');
  });
});
