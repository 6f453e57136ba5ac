import { basename, extname } from 'node:path';
import { DevcaError } from '../errors/devca-error.ts';
import { FILES_WITH_CERTIFICATE, FILES_WITH_KEY } from '../formats/material.ts';
import type { CertificateRecord, NewCertificate } from '../inventory/certificates.ts';
import type { Inventory } from '../inventory/database.ts';
import type { DeliveryRecord } from '../inventory/deliveries.ts';
import type { NewEvent } from '../inventory/events.ts';
import { type Certificate, parseCertificate } from '../pki/certificate.ts';
import type { CertifiedKey, PrivateKey } from '../pki/key.ts';
import type { Signer } from '../pki/signer.ts';
import type { World } from '../platform/world.ts';
import { materialOf } from './certificate-files.ts';
import type { CertificatePlan } from './certificate-plan.ts';
import { certificateRow, describeCertificate, issuedEvent } from './certificate-row.ts';
import { certifyOne } from './certify.ts';
import { deliver } from './delivery.ts';
import { described, filesOf } from './due.ts';
import { chainOf, type IssuedCertificate, pathsOf } from './issued-certificate.ts';
import type { Authority } from './open-authority.ts';
import { keepsFile, type RenewalPlace, renewalFiles, renewalPlace } from './renew-files.ts';
import { keyOfCertificate } from './renew-key.ts';
import { pruneFolders } from './renew-link.ts';
import { planRenewal } from './renew-plan.ts';

export interface Renewal {
  readonly authority: Authority;
  readonly signer: Signer;
  readonly currentLink?: boolean;
  readonly force?: boolean;
  readonly password?: string;
}

export interface Renewed {
  readonly issued: IssuedCertificate;
  /** In places where no key was before. */
  readonly newKeyFiles: readonly string[];
  readonly warnings: readonly string[];
}

/** A certificate that has a successor, which is signed and checked, but not recorded. */
interface Succession {
  readonly record: CertificateRecord;
  readonly files: readonly DeliveryRecord[];
  readonly plan: CertificatePlan;
  readonly certificate: Certificate;
  readonly certified: CertifiedKey;
  /** `undefined` where devca never had it. */
  readonly key: PrivateKey | undefined;
  readonly isNewKey: boolean;
}

/**
 * Signs the successor of one certificate and delivers its files, all or nothing. Must run within `changeInventory`.
 * `replaced` where it has one already.
 */
export function renewOne(
  id: number,
  newKey: PrivateKey | undefined,
  renewal: Renewal,
  inventory: Inventory,
  world: World,
): Renewed | 'replaced' {
  const record = inventory.certificates.byId(id);
  if (record === undefined || record.replacedBy !== undefined) return 'replaced';
  const succession = signNext(record, newKey, renewal, inventory, world);
  return deliverNext(succession, renewal, inventory, world);
}

function signNext(
  record: CertificateRecord,
  newKey: PrivateKey | undefined,
  { authority, signer, password }: Renewal,
  inventory: Inventory,
  world: World,
): Succession {
  const old = parseCertificate(inventory.certificates.der(record.id) ?? new Uint8Array());
  const files = filesOf(record, inventory);
  if (newKey !== undefined && !files.some(({ format }) => FILES_WITH_KEY.includes(format)))
    throw new DevcaError('DEVCA_REKEY_REQUEST', described(record));
  const key = newKey ?? keyOfCertificate(record, old, files, password, world);
  const certified = key ?? {
    type: record.keyAlgorithm as CertifiedKey['type'],
    subjectPublicKeyInfo: old.subjectPublicKeyInfo,
  };
  const plan = planRenewal(old, record, authority, inventory, world);
  const certificate = certifyOne({ plan, key: certified }, authority, signer, inventory, world);
  return { record, files, plan, certificate, certified, key, isNewKey: newKey !== undefined };
}

function deliverNext(succession: Succession, renewal: Renewal, inventory: Inventory, world: World): Renewed {
  const { record, files, plan, certificate, certified, key, isNewKey } = succession;
  const { authority, currentLink = false, force = false, password } = renewal;
  const place = renewalPlace(files, currentLink, certificate.serialNumber);
  // A key that is gone, and was read from another file, is written once more.
  const stays = (file: DeliveryRecord) =>
    !isNewKey && place.kind === 'same' && keepsFile(file) && world.files.status(file.path) !== undefined;
  const kept = files.filter(stays);
  const material = materialOf(certificate, key, chainOf(authority), baseName(files));
  const changing = files.filter((file) => !stays(file));
  const made = renewalFiles(record, changing, material, place, password, world);
  const signed = { plan, key: certified, certificate };
  const row = certificateRow(signed, authority, world.clock.now());
  let id = 0;
  const delivered = deliver(
    {
      force,
      record: () => {
        id = inventory.certificates.insert(row);
        return [{ owner: { table: 'certificates', id }, files: made }];
      },
      confirm: () => {
        for (const file of kept) inventory.deliveries.transfer(file.id, { table: 'certificates', id });
        inventory.certificates.markReplaced(record.id, id);
        inventory.events.append(renewedEvent(row, succession));
      },
    },
    inventory,
    world,
  );
  if (place.kind === 'linked')
    pruneFolders(place.link, [place.folder, record.serialNumber], inventory, world);
  const formats = files.map(({ format }) => format);
  const own = [...kept, ...delivered].toSorted(
    (a, b) => formats.indexOf(a.format) - formats.indexOf(b.format),
  );
  return {
    issued: {
      ...describeCertificate(row, signed, authority),
      files: pathsOf(own),
      replaced: [record.serialNumber],
    },
    newKeyFiles: place.kind === 'linked' ? delivered.filter(keepsFile).map(({ path }) => path) : [],
    warnings: [
      ...plan.warnings.map((warning) => `${baseName(files)}: ${warning}`),
      ...(isNewKey ? momentWarning(files, place) : []),
    ],
  };
}

function renewedEvent(row: NewCertificate, { record, isNewKey }: Succession): NewEvent {
  const { at, details } = issuedEvent(row);
  const kind = isNewKey ? 'certificate-rekeyed' : 'certificate-renewed';
  return { kind, at, details: { ...details, replaces: record.serialNumber } };
}

function baseName(files: readonly DeliveryRecord[]): string {
  const { path } = files.find(({ format }) => FILES_WITH_CERTIFICATE.includes(format)) ??
    files[0] ?? { path: '' };
  return basename(path, extname(path));
}

/** Two renames are two moments: a server that starts between them has a key that its certificate is not for. */
function momentWarning(files: readonly DeliveryRecord[], place: RenewalPlace): readonly string[] {
  const separate = files.filter(keepsFile);
  if (place.kind === 'linked' || separate.length === 0) return [];
  return [
    'the key and the certificate are two files, and a server that starts between the two moves cannot use them: "devca rekey --current-link" switches both at once, and so does "devca issue --format combined"',
  ];
}
