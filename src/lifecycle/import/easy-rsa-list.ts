import { join } from 'node:path';
import { DevcaError, isDevcaError } from '../../errors/devca-error.ts';
import type { Certificate } from '../../pki/certificate.ts';
import { type CertificateRevocationList, parseCrl } from '../../pki/crl.ts';
import type { RevokedEntry } from '../../pki/crl-builder.ts';
import { REASON_CODES, type ReasonCode } from '../../pki/extensions/reason-code.ts';
import { decodePem } from '../../pki/pem.ts';
import type { World } from '../../platform/world.ts';
import { certificatesIn, type IssuedEntry, type IssuedList, othersNote } from './issued-list.ts';
import { readSourceFile } from './source-file.ts';

/** Where easy-rsa has certificates, by its releases. */
const FOLDERS = [
  'certs_by_serial',
  'issued',
  'revoked/certs_by_serial',
  'renewed/certs_by_serial',
  'renewed/issued',
  'expired',
] as const;

const LARGEST_LIST = 64 * 1024 * 1024;

/**
 * The list that OpenSSL keeps (`index.txt`), the certificates that stand beside it, and the latest revocation list.
 * Revoked is what any of them says is revoked. Throws DEVCA_IMPORT_LIST where one of them cannot be read: a certificate
 * that was revoked must not come back.
 */
export function readEasyRsaList(pki: string, issuers: readonly Certificate[], world: World): IssuedList {
  const rows = readIndex(join(pki, 'index.txt'), world);
  const crl = readList(join(pki, 'crl.pem'), world);
  const { found, others } = certificatesIn(
    FOLDERS.flatMap((folder) => filesIn(join(pki, folder), world)),
    issuers,
    world,
  );
  const revoked = new Map<string, Omit<RevokedEntry, 'serialNumber'>>();
  for (const { serialNumber, revocationDate, reason = 'unspecified' } of crl?.revoked ?? [])
    revoked.set(serialNumber, { revokedAt: revocationDate, reason });
  for (const row of rows) if (row.revoked !== undefined) revoked.set(row.serialNumber, row.revoked);
  const entries = found.map((each): IssuedEntry => {
    return { ...each, revoked: revoked.get(each.certificate.serialNumber) };
  });
  const present = new Set(found.map(({ certificate }) => certificate.serialNumber));
  const lost = rows.filter(({ serialNumber }) => !present.has(serialNumber));
  const lostInUse = lost.filter((row) => row.revoked === undefined && !row.isOver).length;
  return {
    entries,
    revokedBefore: [...revoked]
      .filter(([serialNumber]) => !present.has(serialNumber))
      .map(([serialNumber, entry]) => ({ serialNumber, ...entry })),
    lastCrlNumber: Math.max(usedNumber(join(pki, 'crlnumber'), world), safeNumber(crl?.crlNumber, pki)),
    notes: [
      ...othersNote(others),
      ...(lostInUse === 0
        ? []
        : [
            `${lostInUse} of the certificates in index.txt have no file any more: devca cannot list or revoke them`,
          ]),
    ],
  };
}

interface IndexRow {
  readonly serialNumber: string;
  readonly isOver: boolean;
  readonly revoked: Omit<RevokedEntry, 'serialNumber'> | undefined;
}

/** Status, end, revocation, serial number, file and subject, with tabs between them (OpenSSL's ca(1)). */
function readIndex(path: string, world: World): readonly IndexRow[] {
  if (world.files.statusOfTarget(path) === undefined) return [];
  const lines = Buffer.from(readSourceFile(path, world, LARGEST_LIST))
    .toString('utf8')
    .split(/\r?\n/);
  return lines.flatMap((text, index): readonly IndexRow[] => {
    if (text.trim() === '') return [];
    const fail = (reason: string) =>
      new DevcaError('DEVCA_IMPORT_LIST', { path, reason: `${reason} in line ${index + 1}` });
    const [status = '', end = '', revocation = '', serial = ''] = text.split('\t');
    if (!/^[VRES]$/.test(status)) throw fail(`"${status.slice(0, 20)}" is no status`);
    if (!/^([0-9A-Fa-f]{2})+$/.test(serial)) throw fail(`"${serial.slice(0, 50)}" is no serial number`);
    const until = readTime(end) ?? fail(`"${end.slice(0, 20)}" is no time`);
    if (until instanceof DevcaError) throw until;
    const serialNumber = serial.toLowerCase().replace(/^(00)+(?=..)/, '');
    const isOver = until < world.clock.now();
    if (status !== 'R') return [{ serialNumber, isOver, revoked: undefined }];
    const [at = '', why = ''] = revocation.split(',');
    const revokedAt = readTime(at);
    if (revokedAt === undefined) throw fail(`"${at.slice(0, 20)}" is no time`);
    return [{ serialNumber, isOver, revoked: { revokedAt, reason: reasonOf(why) } }];
  });
}

/** `261124111705Z`, or with four digits for the year. */
function readTime(text: string): Date | undefined {
  const parts = /^(\d{2}|\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})Z$/.exec(text);
  if (parts === null) return undefined;
  const [, year = '', month, day, hours, minutes, seconds] = parts;
  // RFC 5280 section 4.1.2.5.1.
  const full = year.length === 4 ? year : Number(year) < 50 ? `20${year}` : `19${year}`;
  const time = new Date(`${full}-${month}-${day}T${hours}:${minutes}:${seconds}Z`);
  return Number.isNaN(time.getTime()) ? undefined : time;
}

/** OpenSSL writes `holdInstruction` and `CAkeyTime` for what lists call otherwise. */
function reasonOf(text: string): ReasonCode {
  const wanted = text.toLowerCase();
  if (wanted === 'holdinstruction') return 'certificateHold';
  if (wanted === 'keytime') return 'keyCompromise';
  if (wanted === 'cakeytime') return 'cACompromise';
  const known = (Object.keys(REASON_CODES) as ReasonCode[]).find((each) => each.toLowerCase() === wanted);
  return known === undefined || known === 'removeFromCRL' ? 'unspecified' : known;
}

function readList(path: string, world: World): CertificateRevocationList | undefined {
  if (world.files.statusOfTarget(path) === undefined) return undefined;
  try {
    const text = Buffer.from(readSourceFile(path, world, LARGEST_LIST)).toString('latin1');
    const [block] = decodePem(text, path);
    return parseCrl(block?.der ?? new Uint8Array());
  } catch (cause) {
    if (!isDevcaError(cause) || cause.code.startsWith('DEVCA_IMPORT_')) throw cause;
    throw new DevcaError('DEVCA_IMPORT_LIST', { path, reason: cause.message }, { cause });
  }
}

/** The file has the number of the next list, in hex. */
function usedNumber(path: string, world: World): number {
  if (world.files.statusOfTarget(path) === undefined) return 0;
  const text = Buffer.from(readSourceFile(path, world)).toString('latin1').trim();
  if (!/^[0-9A-Fa-f]{1,40}$/.test(text))
    throw new DevcaError('DEVCA_IMPORT_LIST', { path, reason: 'it has no number in hex' });
  return safeNumber(BigInt(`0x${text}`) - 1n, path);
}

function safeNumber(number: bigint | undefined, path: string): number {
  if (number === undefined || number < 0n) return 0;
  if (number < BigInt(Number.MAX_SAFE_INTEGER)) return Number(number);
  throw new DevcaError('DEVCA_IMPORT_LIST', { path, reason: `its list has the number ${number}` });
}

function filesIn(folder: string, { files }: Pick<World, 'files'>): readonly string[] {
  if (files.statusOfTarget(folder)?.kind !== 'folder') return [];
  return files
    .list(folder)
    .filter((name) => /\.(pem|crt)$/i.test(name))
    .map((name) => join(folder, name));
}
