import { basename, dirname, join } from 'node:path';
import { isDevcaError } from '../../errors/devca-error.ts';
import { parseCertificate } from '../../pki/certificate.ts';
import { decodePem } from '../../pki/pem.ts';
import { forShell } from '../../platform/escape.ts';
import { asRoot } from '../package-hint.ts';
import type { TrustSession } from '../session.ts';
import type { StoreEntry, StoreExamination, StoreFault } from '../store-examination.ts';
import { hashedOf, sourceFiles } from './roots.ts';
import type { SystemLayout } from './system-layout.ts';

/** No file of roots that a person adds is larger. */
const FILE_LIMIT = 4 * 1024 * 1024;

/** What the owner of the system has added, and what people and tools do wrong there. */
export function examineAnchorFolder(layout: SystemLayout, session: TrustSession): StoreExamination {
  const files = sourceFiles(layout, session).map((path) => examineFile(path, layout, session));
  return {
    entries: files.flatMap(({ entries }) => entries),
    faults: [...files.flatMap(({ faults }) => faults), ...danglingLinks(layout, session)],
  };
}

function examineFile(path: string, layout: SystemLayout, session: TrustSession): StoreExamination {
  const { extension, tool, installArgs, name } = layout;
  const file = forShell(path);
  const sudo = asRoot(session.world).join(' ');
  const as = (command: string): string => `${sudo} ${command}`.trim();
  const rebuild = as([tool, ...installArgs].join(' '));
  const fault = (id: string, message: string, fix: string): StoreFault => ({
    id,
    severity: 'problem',
    message: `${message}: "${path}"`,
    fix,
  });
  const bytes = readOrNothing(path, session);
  if (bytes === undefined) return { entries: [], faults: [] };
  // The tool passes over what has another name without a word. Others read whatever is there.
  const isNamed = path.endsWith(extension) || layout.source === 'p11-kit';
  const isDer = bytes[0] === 0x30;
  const certificates = isDer ? (isCertificate(bytes) ? [bytes] : []) : certificatesIn(bytes, path);
  if (certificates.length === 0) return { entries: [], faults: [] };
  if (!isNamed) {
    const renamed = forShell(
      join(dirname(path), `${basename(path).replace(/\.(pem|cer|cert)$/, '')}${extension}`),
    );
    const message = `${tool} reads no file that does not end in ${extension}, and so not this root`;
    return {
      entries: [],
      faults: [fault('root-ignored', message, `${as(`mv ${file} ${renamed}`)} && ${rebuild}`)],
    };
  }
  const remove = `${as(`rm ${file}`)} && ${as([tool, ...layout.uninstallArgs].join(' '))}`;
  const entries = certificates.map((certificate): StoreEntry => ({ certificate, place: path, remove }));
  const faults: StoreFault[] = [];
  if (isDer && layout.source !== 'p11-kit') {
    const message = `programs of ${name} read PEM, and this root is in DER`;
    const fix = `${as(`openssl x509 -inform der -in ${file} -out ${file}`)} && ${rebuild}`;
    faults.push(fault('root-in-der', message, fix));
  } else if (certificates.length > 1 && layout.hashed !== undefined && layout.source !== 'p11-kit') {
    const message = `programs that look for roots by their hash pass over a file with ${certificates.length} certificates`;
    const parts = forShell(`${path.slice(0, -extension.length)}-`);
    const split = as(`csplit -z -f ${parts} -b '%d${extension}' ${file} '/BEGIN CERTIFICATE/' '{*}'`);
    faults.push(fault('several-roots-in-file', message, `${split} && ${as(`rm ${file}`)} && ${rebuild}`));
  }
  return { entries, faults };
}

/** `update-ca-certificates` without `--fresh` leaves the links of roots that are gone. */
function danglingLinks(layout: SystemLayout, session: TrustSession): readonly StoreFault[] {
  const folder = hashedOf(layout, session);
  if (folder === undefined) return [];
  const { files } = session.world;
  const dangling = files.list(folder).filter((name) => {
    const path = join(folder, name);
    return files.status(path)?.kind === 'link' && files.statusOfTarget(path) === undefined;
  });
  const [first, ...more] = dangling;
  if (first === undefined) return [];
  const others = more.length === 0 ? '' : ` and ${more.length} more`;
  const message = `links to roots that are gone are left in "${folder}": ${first}${others}`;
  const fix = [...asRoot(session.world), layout.tool, ...layout.uninstallArgs].join(' ');
  return [{ id: 'dangling-links', severity: 'warning', message, fix }];
}

function readOrNothing(path: string, session: TrustSession): Uint8Array | undefined {
  try {
    return session.world.files.readIfPresent(path, FILE_LIMIT);
  } catch (error) {
    if (isDevcaError(error)) return undefined;
    throw error;
  }
}

function certificatesIn(bytes: Uint8Array, path: string): readonly Uint8Array[] {
  try {
    return decodePem(Buffer.from(bytes).toString('latin1'), path)
      .filter(({ label }) => label.endsWith('CERTIFICATE'))
      .map(({ der }) => der);
  } catch (error) {
    if (isDevcaError(error)) return [];
    throw error;
  }
}

function isCertificate(der: Uint8Array): boolean {
  try {
    parseCertificate(der);
    return true;
  } catch {
    return false;
  }
}
