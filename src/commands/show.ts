import { createHash } from 'node:crypto';
import { resolve } from 'node:path';
import { generationIds } from '../authority/generations.ts';
import { defineCommand } from '../cli/command.ts';
import { describeSpan } from '../cli/duration.ts';
import { formatFields } from '../cli/table.ts';
import { DevcaError } from '../errors/devca-error.ts';
import type { Inventory } from '../inventory/database.ts';
import { meantCertificates } from '../inventory/meant-certificates.ts';
import { type Certificate, parseCertificate } from '../pki/certificate.ts';
import { describeExtensions, describePublicKey } from '../pki/certificate-text.ts';
import { sha256Hex } from '../pki/fingerprint.ts';
import { formatGeneralName } from '../pki/general-name.ts';
import { formatName, formatSlashName } from '../pki/name-text.ts';
import { oidText } from '../pki/oid.ts';
import { decodePem } from '../pki/pem.ts';
import { homeOf } from '../platform/paths.ts';
import type { World } from '../platform/world.ts';
import { inventoryIfPresent } from './inventory-if-present.ts';
import { certificateEntry, generationNote } from './list.ts';

/** No certificate file that a person would look at is larger. */
const FILE_LIMIT = 8 * 1024 * 1024;

export const showCommand = defineCommand({
  name: 'show',
  summary: 'show one certificate: of the inventory, or in any file',
  details:
    'WHAT is a name, a serial number or fingerprint (or at least its first four digits), or the path of a certificate file in PEM or DER form, also a foreign one. "-" reads standard input.',
  positionals: { what: { describe: 'a name, a serial number, a fingerprint or a file', required: true } },
  flags: {
    authority: { type: 'string', value: 'NAME', describe: 'only certificates of this authority, by name' },
  },
  examples: [
    { command: 'devca show localhost', does: 'the newest certificate for a name' },
    { command: 'devca show 5f3a09c1', does: 'by the beginning of its serial number' },
    { command: 'devca show server.pem', does: 'every certificate in a file' },
  ],
  async run({ flags, positionals: { what } }, { world, output }) {
    const at = world.clock.now();
    const inventory = inventoryIfPresent(homeOf(flags.home, world.system), world);
    try {
      const found = (await fromFile(what, world)) ?? fromInventory(what, flags.authority, inventory, world);
      if (found === undefined) {
        if (inventory === undefined)
          throw new DevcaError('DEVCA_AUTHORITY_MISSING', { home: homeOf(flags.home, world.system) });
        throw new DevcaError('DEVCA_INVENTORY_UNKNOWN', { what, authority: flags.authority });
      }
      const shown = found.map((der) => describe(parseCertificate(der), at, inventory));
      output.result(shown.length === 1 ? { certificate: shown[0] } : { certificates: shown }, () =>
        shown.map((certificate) => text(certificate, at, output.style)).join('\n\n'),
      );
      return 0;
    } finally {
      inventory?.close();
    }
  },
});

/** The certificates in a file, or `undefined` where WHAT is not the path of one. */
async function fromFile(what: string, world: World): Promise<readonly Uint8Array[] | undefined> {
  const path = resolve(world.system.workingFolder, what);
  const bytes = what === '-' ? await world.terminal.readInput() : readFile(path, world);
  if (bytes === undefined) return undefined;
  if (bytes[0] === 0x30) return [bytes];
  const blocks = decodePem(Buffer.from(bytes).toString('utf8'), what);
  const certificates = blocks.filter(({ label }) => CERTIFICATE_LABELS.includes(label)).map(({ der }) => der);
  if (certificates.length === 0) {
    const labels = [...new Set(blocks.map(({ label }) => label))];
    throw new DevcaError('DEVCA_CERTIFICATE_NONE', { source: what, labels });
  }
  return certificates;
}

const CERTIFICATE_LABELS: readonly string[] = ['CERTIFICATE', 'X509 CERTIFICATE', 'TRUSTED CERTIFICATE'];

function readFile(path: string, world: World): Uint8Array | undefined {
  return world.files.statusOfTarget(path)?.kind === 'file' ? world.files.read(path, FILE_LIMIT) : undefined;
}

/** A name may mean many, of which the newest is what a person asks for. Throws DEVCA_INVENTORY_AMBIGUOUS and DEVCA_AUTHORITY_UNKNOWN. */
function fromInventory(
  what: string,
  authority: string | undefined,
  inventory: Inventory | undefined,
  world: World,
): readonly Uint8Array[] | undefined {
  if (inventory === undefined) return undefined;
  const authorityIds = authority === undefined ? undefined : generationIds(inventory, authority, world);
  const [record] = meantCertificates(what, inventory, { authorityIds });
  const der = record === undefined ? undefined : inventory.certificates.der(record.id);
  return der === undefined ? undefined : [der];
}

type Shown = ReturnType<typeof describe>;

function describe(certificate: Certificate, at: Date, inventory: Inventory | undefined) {
  const sha256 = sha256Hex(certificate.der);
  const record = inventory?.certificates.bySha256(sha256);
  return {
    subject: formatName(certificate.subject),
    subjectSlash: formatSlashName(certificate.subject),
    issuer: formatName(certificate.issuer),
    issuerSlash: formatSlashName(certificate.issuer),
    names: (certificate.subjectAltName ?? []).map(formatGeneralName),
    serial: certificate.serialNumber,
    notBefore: certificate.notBefore.toISOString(),
    notAfter: certificate.notAfter.toISOString(),
    daysLeft: Math.floor((certificate.notAfter.getTime() - at.getTime()) / 86_400_000),
    version: certificate.version,
    key: describePublicKey(certificate),
    signature: oidText(certificate.signatureAlgorithm.oid),
    extensions: describeExtensions(certificate),
    sha256,
    // Old tools and the Windows store still know certificates by this; nothing is decided by it.
    sha1: createHash('sha1').update(certificate.der).digest('hex'),
    inventory:
      record === undefined || inventory === undefined
        ? null
        : certificateEntry(
            record,
            at,
            inventory.authorities.all(),
            inventory.deliveries.current({ table: 'certificates', id: record.id }),
          ),
  };
}

function text(certificate: Shown, at: Date, style: (style: 'bold', text: string) => string): string {
  const left = Date.parse(certificate.notAfter) - at.getTime();
  const ends = left >= 0 ? `in ${describeSpan(left)}` : `${describeSpan(-left)} ago`;
  const fields = formatFields([
    ['subject', certificate.subject || '(empty)'],
    ['  as /.../', certificate.subjectSlash],
    ['issuer', certificate.issuer],
    ['  as /.../', certificate.issuerSlash],
    ['names', certificate.names.join(', ')],
    ['serial', certificate.serial],
    ['begins', certificate.notBefore],
    ['ends', `${certificate.notAfter} (${ends})`],
    ['key', certificate.key],
    ['signature', certificate.signature],
    ['SHA-256', certificate.sha256],
    ['SHA-1', certificate.sha1],
  ]);
  const extensions = formatFields(
    certificate.extensions.map(({ name, critical, text: words }) => [
      `${name}${critical ? ' (critical)' : ''}`,
      words,
    ]),
    '  ',
  );
  const lines = [fields, ...(extensions === '' ? [] : [style('bold', 'extensions'), extensions])];
  if (certificate.inventory !== null) {
    const { status, profile, authority, generation, files } = certificate.inventory;
    const kept = [
      ['status', status],
      ['profile', profile],
      ['authority', `${authority}, generation ${generation}${generationNote(certificate.inventory)}`],
      ...Object.entries(files),
    ] as const;
    lines.push(
      style('bold', 'inventory'),
      formatFields(
        kept.map(([label, value]) => [label ?? '', value] as const),
        '  ',
      ),
    );
  }
  return lines.join('\n');
}
