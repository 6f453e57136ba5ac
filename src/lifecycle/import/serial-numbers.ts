import { issuerKey } from '../../authority/issuer-key.ts';
import { DevcaError } from '../../errors/devca-error.ts';
import type { Inventory } from '../../inventory/database.ts';
import type { AdoptedHierarchy } from './adopted-hierarchy.ts';
import type { Adoption } from './adoption.ts';
import type { IssuedEntry } from './issued-list.ts';

/** What an authority to import has signed, with its own certificates. */
interface Imported {
  readonly adoption: Adoption;
  readonly hierarchy: AdoptedHierarchy;
}

type Signed = Pick<IssuedEntry, 'certificate' | 'issuerKey'>;

/**
 * What one key has signed under one serial number cannot be revoked apart (RFC 5280 section 4.1.2.2).
 * Throws DEVCA_IMPORT_SERIAL.
 */
export function refuseTwice(imported: Imported): void {
  const seen = new Set<string>();
  const isSeen = ({ certificate: { serialNumber }, issuerKey }: Signed) => {
    const before = seen.size;
    return seen.add(`${issuerKey} ${serialNumber}`).size === before;
  };
  refuse(signedIn(imported).filter(isSeen), false);
}

/** The same for what an inventory has. Authorities that have each a key may use the same serial numbers. */
export function refuseUsed(imported: Imported, { certificates }: Inventory): void {
  const isUsed = ({ certificate, issuerKey }: Signed) =>
    certificates.bySerial(certificate.serialNumber).some((record) => record.issuerKey === issuerKey);
  refuse(signedIn(imported).filter(isUsed), true);
}

function signedIn({ adoption, hierarchy: { root, intermediate } }: Imported): readonly Signed[] {
  const own = [root.certificate, ...(intermediate === undefined ? [] : [intermediate.certificate])];
  return [
    ...own.map((certificate) => ({ certificate, issuerKey: issuerKey(root.certificate) })),
    ...adoption.list.entries,
  ];
}

function refuse(signed: readonly Signed[], isPresent: boolean): void {
  const serials = signed.map(({ certificate }) => certificate.serialNumber);
  if (serials.length > 0) throw new DevcaError('DEVCA_IMPORT_SERIAL', { serials, isPresent });
}
