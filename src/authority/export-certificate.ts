import { basename } from 'node:path';
import { DevcaError } from '../errors/devca-error.ts';
import { FILES_WITH_KEY, type Material } from '../formats/material.ts';
import { IMPORTED_PROFILE } from '../inventory/certificate-query.ts';
import { type CertificateStatus, certificateStatus } from '../inventory/certificate-status.ts';
import type { CertificateRecord } from '../inventory/certificates.ts';
import type { Inventory } from '../inventory/database.ts';
import type { DeliveryRecord } from '../inventory/deliveries.ts';
import { meantCertificates } from '../inventory/meant-certificates.ts';
import { type Certificate, parseCertificate } from '../pki/certificate.ts';
import type { PrivateKey } from '../pki/key.ts';
import type { World } from '../platform/world.ts';
import { certificateFiles, type FileRequest, materialOf } from './certificate-files.ts';
import { deliveredKey } from './delivered-key.ts';
import { deliver } from './delivery.ts';
import { described, filesOf } from './due.ts';
import { fileNameFor } from './file-name.ts';
import { generationIds } from './generations.ts';
import { warnOfGit } from './git-warning.ts';
import { checkHome, readHome } from './home.ts';
import { chainOf } from './issued-certificate.ts';
import { signerOf } from './issuer-key.ts';
import { type Authority, authorityOf } from './open-authority.ts';
import { changeInventory, type Recovery } from './recovery.ts';
import { commandForSameAgain } from './same-again.ts';
import type { IssuerChain } from './self-check.ts';

/** What a certificate is to be exported as. */
export interface ExportRequest extends FileRequest {
  /** A name, or the beginning of a serial number or fingerprint. */
  readonly what: string;
  /** Only one that this authority has issued, by name. */
  readonly authority?: string | undefined;
  /** Whether any of the files has the private key in it. */
  readonly withKey: boolean;
  /** Of the store that the key is in, where no file has it in the clear: the first that opens it. */
  readonly keyPasswords?: readonly string[];
}

export type ExportSourceRequest = Pick<ExportRequest, 'what' | 'authority' | 'withKey' | 'keyPasswords'>;

export interface ExportSource {
  readonly record: CertificateRecord;
  readonly status: CertificateStatus;
  readonly material: Material;
}

export interface ExportedCertificate extends ExportSource {
  /** Absolute paths by format. */
  readonly files: Readonly<Record<string, string>>;
  readonly warnings: readonly string[];
  readonly recovery: Recovery;
}

/**
 * Delivers a certificate that was issued before in further formats, all of them or none, and records them.
 * Throws DEVCA_AUTHORITY_UNKNOWN, DEVCA_INVENTORY_UNKNOWN, DEVCA_EXPORT_*, DEVCA_PASSWORD_WRONG, and what `certificateFiles` and `deliver` throw.
 */
export async function exportCertificate(
  request: ExportRequest,
  place: { readonly home: string; readonly force?: boolean },
  world: World,
): Promise<ExportedCertificate> {
  const { home, force = false } = place;
  checkHome(home, world);
  const exported = changeInventory(home, world, (inventory, recovery) => {
    const source = findSource(request, inventory, home, world);
    const owner = { table: 'certificates', id: source.record.id } as const;
    const delivered = deliver(
      {
        force,
        record: () => [{ owner, files: certificateFiles(source.material, request) }],
        confirm: (files) =>
          inventory.events.append({
            kind: 'certificate-exported',
            at: world.clock.now(),
            details: {
              serial: source.record.serialNumber,
              files: files.map(({ format, path }) => ({ format, path })),
            },
          }),
      },
      inventory,
      world,
    );
    return {
      ...source,
      recovery,
      files: Object.fromEntries(delivered.map(({ format, path }) => [format, path])),
    };
  });
  const keyFiles = FILES_WITH_KEY.flatMap((format) => exported.files[format] ?? []);
  return { ...exported, warnings: await warnOfGit(keyFiles, world) };
}

/** As `exportCertificate`, for one who does the rest: nothing is changed or recorded. */
export function readExportSource(request: ExportSourceRequest, home: string, world: World): ExportSource {
  return readHome(home, world, (inventory) => findSource(request, inventory, home, world));
}

function findSource(
  { what, authority, withKey, keyPasswords = [] }: ExportSourceRequest,
  inventory: Inventory,
  home: string,
  world: World,
): ExportSource {
  const at = world.clock.now();
  const authorityIds = authority === undefined ? undefined : generationIds(inventory, authority, world);
  const found = meantCertificates(what, inventory, { endEntitiesOnly: true, authorityIds });
  const record = found.find((each) => certificateStatus(each, at) === 'valid') ?? found[0];
  const der = record === undefined ? undefined : inventory.certificates.der(record.id);
  if (record === undefined || der === undefined)
    throw new DevcaError('DEVCA_INVENTORY_UNKNOWN', { what, authority });
  const issuer = inventory.authorities.byId(record.authorityId);
  if (issuer === undefined) throw new DevcaError('DEVCA_AUTHORITY_MISSING', { home });
  const chain = chainAbove(record, authorityOf(issuer, inventory, home, world), withKey);
  const certificate = parseCertificate(der);
  const files = filesOf(record, inventory);
  if (withKey && files.length === 0) throw keyWithoutFile(record, what, inventory, world);
  const key = withKey ? keyToExport(what, certificate, files, keyPasswords, world) : undefined;
  const material = materialOf(certificate, key, chain, fileNameOf(record, files));
  return { record, status: certificateStatus(record, at), material };
}

/** `undefined` for a certificate whose key devca never had. */
function keyToExport(
  name: string,
  certificate: Certificate,
  files: readonly DeliveryRecord[],
  passwords: readonly string[],
  world: World,
): PrivateKey | undefined {
  const found = deliveredKey(certificate, files, passwords, world);
  if (found === undefined || 'key' in found) return found?.key;
  const { kind, path, error } = found.defect;
  switch (kind) {
    case 'missing':
      throw new DevcaError('DEVCA_EXPORT_KEY_MISSING', { name, path });
    case 'other-key':
      throw new DevcaError('DEVCA_EXPORT_KEY_CHANGED', { name, path });
    case 'password':
      throw new DevcaError('DEVCA_EXPORT_PASSWORD', { name, path });
    case 'wrong-password':
      throw error ?? new DevcaError('DEVCA_PASSWORD_WRONG', { source: path });
    case 'unreadable':
      throw new DevcaError(
        'DEVCA_EXPORT_KEY_UNREADABLE',
        { name, path, reason: error?.message ?? '' },
        { cause: error },
      );
    default:
      throw new DevcaError('DEVCA_INTERNAL', { detail: `a file that is ${kind satisfies never}` });
  }
}

/** Files that no later ones took the place of are those that a restored home has left to the machine before it. */
function keyWithoutFile(
  record: CertificateRecord,
  name: string,
  inventory: Inventory,
  world: World,
): DevcaError {
  const { id, serialNumber: serial, replacedBy } = record;
  const files = inventory.deliveries.ever({ table: 'certificates', id });
  if (replacedBy !== undefined || files.some((file) => inventory.deliveries.hasLater(file)))
    return new DevcaError('DEVCA_EXPORT_KEY_REPLACED', { name, serial });
  const again = commandForSameAgain(record, [], inventory, world);
  return new DevcaError('DEVCA_EXPORT_KEY_ELSEWHERE', { name, serial, wasRestored: files.length > 0, again });
}

/** What was imported with an authority has its key elsewhere, and need not hang on what issues now. */
function chainAbove(record: CertificateRecord, authority: Authority, withKey: boolean): IssuerChain {
  if (record.profile !== IMPORTED_PROFILE) return chainOf(authority);
  const issuer = signerOf(record, authority);
  if (withKey || issuer === undefined)
    throw new DevcaError('DEVCA_IMPORT_NOT_HELD', { ...described(record), isWithKey: withKey });
  return { root: authority.root.certificate, issuer: issuer.certificate };
}

/** What the names of its files have begun with so far. */
function fileNameOf(record: CertificateRecord, delivered: readonly DeliveryRecord[]): string {
  const [first] = ENDINGS.flatMap(([format, ending]) =>
    delivered
      .filter((row) => row.format === format && ending.test(row.path))
      .map(({ path }) => basename(path).replace(ending, '')),
  );
  return first ?? fileNameFor(record.names, record.profile === 'client' ? '-client' : '');
}

const ENDINGS: readonly (readonly [string, RegExp])[] = [
  ['cert', /\.(pem|crt|cer|cert)$/i],
  ['combined', /-combined\.pem$/],
  ['p12', /\.p12$/],
  ['jks', /\.jks$/],
  ['der', /\.der$/],
  ['k8s', /-secret\.yaml$/],
  ['base64', /\.env$/],
];
