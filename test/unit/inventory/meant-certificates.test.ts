import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { type Inventory, inventoryPath, openInventory } from '../../../src/inventory/database.ts';
import { certificateDigits, meantCertificates } from '../../../src/inventory/meant-certificates.ts';
import { addAuthority, addCertificate } from '../../support/inventory-rows.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { testWorld } from '../../support/test-world.ts';

let inventory: Inventory;
let authority: number;

beforeEach(() => {
  inventory = openInventory(inventoryPath(scratchFolder()), testWorld({ home: '/nowhere' }), {
    create: true,
  });
  authority = addAuthority(inventory);
});

afterEach(() => inventory.close());

const add = (changes: Parameters<typeof addCertificate>[2]) => addCertificate(inventory, authority, changes);
const meant = (what: string, choice = {}) =>
  meantCertificates(what, inventory, choice).map(({ serialNumber, issuerKey }) => [serialNumber, issuerKey]);

it('a name means all that have it, the newest first', () => {
  add({ serialNumber: '01', names: ['a.test'] });
  add({ serialNumber: '02', names: ['a.test'] });
  expect(meant('a.test')).toEqual([
    ['02', 1],
    ['01', 1],
  ]);
});

it('digits that mean several are refused with digits that mean one', () => {
  add({ serialNumber: '01', sha256: 'aa'.repeat(32), subject: 'CN=one' });
  add({ serialNumber: '01', sha256: 'bb'.repeat(32), subject: '', issuerKey: 2 });
  add({ serialNumber: '02' });
  expect(() => meant('01')).toThrow(
    expect.objectContaining({
      code: 'DEVCA_INVENTORY_AMBIGUOUS',
      message: '"01" means 2 certificates: bbbbbbbbbbbbbbbb (without a subject), aaaaaaaaaaaaaaaa (CN=one)',
      hints: [expect.stringContaining('devca show bbbbbbbbbbbbbbbb')],
    }),
  );
  expect(meant('aaaaaaaaaaaaaaaa')).toEqual([['01', 1]]);
  const [other] = inventory.certificates.bySerial('02');
  expect(other === undefined ? '' : certificateDigits(other, inventory)).toBe('02');
});

it('where an end entity is wanted, digits do not mean the authority that has them too', () => {
  add({ serialNumber: '01', profile: 'root', names: [] });
  add({ serialNumber: '01', issuerKey: 2 });
  expect(meant('01', { endEntitiesOnly: true })).toEqual([['01', 2]]);
  expect(() => meant('01')).toThrow(expect.objectContaining({ code: 'DEVCA_INVENTORY_AMBIGUOUS' }));
});
