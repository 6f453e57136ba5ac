import { dirname } from 'node:path';
import { shellWord } from '../errors/shell-word.ts';
import type { CertificateRecord } from '../inventory/certificates.ts';
import type { Inventory } from '../inventory/database.ts';
import type { DeliveryRecord } from '../inventory/deliveries.ts';
import type { World } from '../platform/world.ts';
import { DEFAULT_TRUST_DOMAIN } from '../profiles/certificate-names.ts';
import { LINK_FORMAT } from './delivery-target.ts';
import { isOfDestroyed } from './generations.ts';
import { placeFlags, placeWords } from './place-flags.ts';
import { titlesOf } from './revoke-target.ts';

/** The command that issues a certificate like this one, into the folder that its files were in. */
export function commandForSameAgain(
  record: CertificateRecord,
  files: readonly DeliveryRecord[],
  inventory: Inventory,
  world: World,
): string {
  const { trustDomain, words } = typedNames(record, inventory.certificates.words(record.id));
  const folder = folderOf(files);
  const home = dirname(inventory.path);
  const issuer = inventory.authorities.byId(record.authorityId);
  // Of one that is destroyed, the default authority has to do.
  const authority = isOfDestroyed(record, inventory) ? undefined : issuer;
  return [
    'devca issue',
    ...(record.profile === 'server' ? [] : [`--profile ${shellWord(record.profile)}`]),
    ...(trustDomain === DEFAULT_TRUST_DOMAIN ? [] : [`--trust-domain ${shellWord(trustDomain)}`]),
    ...words.map(shellWord),
    ...(folder === undefined ? [] : [`--out ${shellWord(folder)}`]),
  ]
    .join(' ')
    .concat(
      authority === undefined ? placeWords({ home }, world) : placeFlags({ home, record: authority }, world),
    );
}

/** Behind a link, the folder that the one of the link is in. */
function folderOf(files: readonly DeliveryRecord[]): string | undefined {
  const link = files.find(({ format }) => format === LINK_FORMAT);
  if (link !== undefined) return dirname(dirname(link.path));
  const [first] = files;
  return first === undefined ? undefined : dirname(first.path);
}

/** Of clients and services, the label from which their profile makes the first of their names, and the SPIFFE ID. */
function typedNames(record: CertificateRecord, known: readonly string[]) {
  const names = titlesOf(record);
  const [first = '', ...further] = names;
  const label = ['client', 'service'].includes(record.profile)
    ? known.find((word) => !word.includes('.') && first.startsWith(`${word}.`))
    : undefined;
  if (label === undefined) return { trustDomain: DEFAULT_TRUST_DOMAIN, words: names };
  const trustDomain = first.slice(label.length + 1);
  const made = [label, `spiffe://${trustDomain}/${label}`];
  return { trustDomain, words: [label, ...further.filter((name) => !made.includes(name))] };
}
