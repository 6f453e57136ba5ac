import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { CertificateFilter } from '../../../src/inventory/certificate-query.ts';
import { CERTIFICATE_STATUSES, certificateStatus } from '../../../src/inventory/certificate-status.ts';
import { type Inventory, inventoryPath, openInventory } from '../../../src/inventory/database.ts';
import { aCertificate, addAuthority, addCertificate } from '../../support/inventory-rows.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { testWorld } from '../../support/test-world.ts';

const code = (name: string) => expect.objectContaining({ code: name });
const day = (count: number) => new Date(Date.UTC(2026, 5, 1) + count * 86_400_000);
const at = day(0);

function withInventory<T>(use: (inventory: Inventory, authority: number) => T): T {
  const inventory = openInventory(inventoryPath(scratchFolder()), testWorld({ home: '/nowhere' }), {
    create: true,
  });
  try {
    return use(inventory, addAuthority(inventory));
  } finally {
    inventory.close();
  }
}

describe('the certificates of an inventory', () => {
  it('come back as they went in', () => {
    withInventory((inventory, authority) => {
      const { der, ...row } = aCertificate(authority, { names: ['a.test', 'spiffe://dev.internal/a'] });
      const id = addCertificate(inventory, authority, { ...row, der });
      expect(inventory.certificates.byId(id)).toEqual({
        ...row,
        id,
        state: 'delivered',
        replacedBy: undefined,
        revokedAt: undefined,
      });
      expect(Buffer.from(inventory.certificates.der(id) ?? []).equals(der)).toBe(true);
    });
  });

  it('have each serial number once for each issuer, and each fingerprint once', () => {
    withInventory((inventory, authority) => {
      const { serialNumber, sha256 } = aCertificate(authority);
      addCertificate(inventory, authority, { serialNumber, sha256 });
      for (const same of [{ serialNumber }, { sha256 }, { sha256, issuerKey: 2 }])
        expect(() => addCertificate(inventory, authority, same)).toThrow(code('DEVCA_INVENTORY_DUPLICATE'));
      expect(inventory.certificates.count({ at })).toBe(1);
      const other = addCertificate(inventory, authority, { serialNumber, issuerKey: 2 });
      expect(inventory.certificates.bySerial(serialNumber).map((row) => [row.id, row.issuerKey])).toEqual([
        [other, 2],
        [other - 1, 1],
      ]);
    });
  });

  it('belong to an authority that is there', () => {
    withInventory((inventory, authority) => {
      expect(() => addCertificate(inventory, authority + 1)).toThrow('FOREIGN KEY');
    });
  });

  it('are in no answer while they are pending', () => {
    withInventory((inventory, authority) => {
      const { certificates } = inventory;
      const row = aCertificate(authority);
      const id = certificates.insert(row);
      expect(certificates.byId(id)).toBeUndefined();
      expect(certificates.bySerial(row.serialNumber)).toEqual([]);
      expect(certificates.bySha256(row.sha256)).toBeUndefined();
      expect(certificates.find('localhost')).toEqual([]);
      expect(certificates.find(row.serialNumber)).toEqual([]);
      expect(certificates.list({ at })).toEqual([]);
      expect(certificates.count({ at })).toBe(0);
    });
  });
});

describe('finding a certificate', () => {
  const serialNumber = 'deadbeef00112233445566778899aabb';
  const sha256 = 'c0ffee'.padEnd(64, '7');

  it('works by name whatever the case, newest first, and by its common name', () => {
    withInventory((inventory, authority) => {
      const first = addCertificate(inventory, authority, { names: ['App.test'] });
      const second = addCertificate(inventory, authority, { names: ['app.test'], alsoFoundBy: ['Ada'] });
      expect(inventory.certificates.find('APP.TEST').map(({ id }) => id)).toEqual([second, first]);
      expect(inventory.certificates.find('ada').map(({ id }) => id)).toEqual([second]);
      expect(inventory.certificates.find('app.test', 1).map(({ id }) => id)).toEqual([second]);
    });
  });

  it.each([
    ['the serial number', serialNumber],
    ['its beginning', 'dead'],
    ['the serial number with colons, in capitals', 'DE:AD:BE:EF:00:11'],
    ['the fingerprint', sha256],
    ['the beginning of the fingerprint', 'c0ff'],
  ])('works by %s', (_what, text) => {
    withInventory((inventory, authority) => {
      const id = addCertificate(inventory, authority, { serialNumber, sha256 });
      addCertificate(inventory, authority, { serialNumber: 'de00', sha256: 'c0'.padEnd(64, '0') });
      expect(inventory.certificates.find(text).map((found) => found.id)).toEqual([id]);
    });
  });

  it.each(['', 'dea', 'beef', '%', 'dead%', 'xyzw', `${'a'.repeat(65)}`])(
    'finds nothing for "%s"',
    (text) => {
      withInventory((inventory, authority) => {
        addCertificate(inventory, authority, { serialNumber, sha256 });
        expect(inventory.certificates.find(text)).toEqual([]);
      });
    },
  );

  it('works by a whole serial number, however short, before what only begins with it', () => {
    withInventory((inventory, authority) => {
      const [one, long, whole] = ['01', 'abcdef01', 'abcd'].map((serial) =>
        addCertificate(inventory, authority, { serialNumber: serial }),
      );
      const other = addCertificate(inventory, authority, { serialNumber: '01', issuerKey: 2 });
      const find = (text: string) => inventory.certificates.find(text).map(({ id }) => id);
      expect([find('01'), find('abcd'), find('abcde')]).toEqual([[other, one], [whole], [long]]);
    });
  });

  it('gives all that begin alike', () => {
    withInventory((inventory, authority) => {
      const ids = ['abcd01', 'abcd02'].map((serial) =>
        addCertificate(inventory, authority, { serialNumber: serial, sha256: serial.padEnd(64, '0') }),
      );
      expect(inventory.certificates.find('abcd').map(({ id }) => id)).toEqual(ids.reverse());
    });
  });
});

describe('a list of certificates', () => {
  it('has what will expire soonest first where it is about time to come, else what expires last', () => {
    withInventory((inventory, authority) => {
      const ids = [3, 1, 2].map((days) =>
        addCertificate(inventory, authority, { notBefore: day(-9), notAfter: day(days) }),
      );
      const order = (filter: Omit<CertificateFilter, 'at'>) =>
        inventory.certificates.list({ at, ...filter }).map(({ id }) => ids.indexOf(id));
      expect(order({})).toEqual([0, 2, 1]);
      expect(order({ status: 'valid' })).toEqual([1, 2, 0]);
      expect(order({ expiringBy: day(2) })).toEqual([1, 2]);
      expect(order({ limit: 1, offset: 1 })).toEqual([2]);
    });
  });

  it('can leave out the certificates of the authority itself', () => {
    withInventory((inventory, authority) => {
      for (const profile of ['root', 'intermediate', 'bridge'])
        addCertificate(inventory, authority, { profile });
      const id = addCertificate(inventory, authority);
      expect(inventory.certificates.list({ at, endEntitiesOnly: true }).map((row) => row.id)).toEqual([id]);
    });
  });

  it('leaves out what was made for a proof, which has its row all the same', () => {
    withInventory(({ certificates, ...inventory }, authority) => {
      const all = { certificates, ...inventory };
      const id = addCertificate(all, authority, { profile: 'proof' });
      const { serialNumber, names } = certificates.byId(id) ?? {};
      expect(certificates.list({ at, endEntitiesOnly: true })).toEqual([]);
      expect(certificates.count({ at, endEntitiesOnly: true })).toBe(0);
      expect(certificates.list({ at, renewable: 'all' })).toEqual([]);
      expect(certificates.find(names?.[0] ?? '')).toEqual([]);
      expect(certificates.find(serialNumber ?? '').map((row) => row.id)).toEqual([id]);
      expect(certificates.list({ at, profile: 'proof' }).map((row) => row.id)).toEqual([id]);
    });
  });

  it('are to be renewed two thirds into their life', () => {
    withInventory((inventory, authority) => {
      const id = addCertificate(inventory, authority, { notBefore: day(0), notAfter: day(30) });
      const dueAt = (time: Date) =>
        inventory.certificates.list({ at: time, renewable: 'last-third' }).map((row) => row.id);
      expect(dueAt(new Date(day(20).getTime() - 1000))).toEqual([]);
      expect([dueAt(day(20)), dueAt(day(31))]).toEqual([[id], [id]]);
    });
  });

  it('can be read one row at a time', () => {
    withInventory((inventory, authority) => {
      for (let i = 0; i < 5; i += 1) addCertificate(inventory, authority);
      for (const row of inventory.certificates.stream({ at })) {
        expect(row.names).toEqual(['localhost', '127.0.0.1']);
        break;
      }
      expect([...inventory.certificates.stream({ at })]).toHaveLength(5);
    });
  });

  it('agrees with the status of each certificate, whatever the filter', () => {
    const certificate = fc.record({
      from: fc.integer({ min: -3, max: 3 }),
      life: fc.integer({ min: 0, max: 3 }),
      profile: fc.constantFrom('server', 'client', 'root', 'proof'),
      revoked: fc.boolean(),
      replaced: fc.boolean(),
      pending: fc.boolean(),
    });
    const filter = fc.record(
      {
        status: fc.constantFrom(...CERTIFICATE_STATUSES),
        profile: fc.constantFrom('server', 'client'),
        expiring: fc.integer({ min: -1, max: 3 }),
        endEntitiesOnly: fc.boolean(),
      },
      { requiredKeys: [] },
    );
    const check = (inventory: Inventory, authority: number, other: number) =>
      fc.property(fc.array(certificate, { maxLength: 8 }), filter, (rows, chosen) => {
        for (const row of rows) {
          const changes = {
            profile: row.profile,
            notBefore: day(row.from),
            notAfter: day(row.from + row.life),
          };
          if (row.pending) {
            inventory.certificates.insert(aCertificate(authority, changes));
            continue;
          }
          const id = addCertificate(inventory, authority, changes);
          if (row.revoked) inventory.revocations.insert(id, 'superseded', at);
          if (row.replaced) inventory.certificates.markReplaced(id, other);
        }
        const { expiring, ...rest } = chosen;
        const query: CertificateFilter = {
          at,
          authorityId: authority,
          ...rest,
          ...(expiring === undefined ? {} : { expiringBy: day(expiring) }),
        };
        const expected = inventory.certificates.list({ at, authorityId: authority }).filter((row) => {
          const status = certificateStatus(row, at);
          if (query.profile !== undefined && row.profile !== query.profile) return false;
          if (query.endEntitiesOnly === true && ['root', 'proof'].includes(row.profile)) return false;
          if (query.expiringBy !== undefined) return status === 'valid' && row.notAfter <= query.expiringBy;
          return query.status === undefined || status === query.status;
        });
        const ids = (list: readonly { id: number }[]) => list.map(({ id }) => id).sort();
        expect(ids(inventory.certificates.list(query))).toEqual(ids(expected));
        expect(inventory.certificates.count(query)).toBe(expected.length);
      });
    withInventory((inventory, authority) => {
      const other = addCertificate(inventory, addAuthority(inventory, { generation: 2 }));
      // Rows pile up from run to run, which makes for fuller lists; one transaction keeps the disk out of it.
      inventory.transaction(() => fc.assert(check(inventory, authority, other), { numRuns: 60 }));
    });
  });
});

describe('the status of a certificate', () => {
  const certificate = { notBefore: day(0), notAfter: day(1), revokedAt: undefined, replacedBy: undefined };

  it('includes both ends of its validity', () => {
    const second = (date: Date, seconds: number) => new Date(date.getTime() + seconds * 1000);
    expect(certificateStatus(certificate, second(day(0), -1))).toBe('not-yet-valid');
    expect(certificateStatus(certificate, day(0))).toBe('valid');
    expect(certificateStatus(certificate, day(1))).toBe('valid');
    expect(certificateStatus(certificate, new Date(day(1).getTime() + 999))).toBe('valid');
    expect(certificateStatus(certificate, second(day(1), 1))).toBe('expired');
  });

  it('is revoked before it is replaced, and both before what the clock says', () => {
    expect(certificateStatus({ ...certificate, replacedBy: 2 }, day(5))).toBe('replaced');
    expect(certificateStatus({ ...certificate, replacedBy: 2, revokedAt: day(0) }, day(5))).toBe('revoked');
  });
});
