import { basename } from 'node:path';
import { isDevcaError } from '../errors/devca-error.ts';
import { shellWord } from '../errors/shell-word.ts';
import { type Certificate, parseCertificate } from '../pki/certificate.ts';
import { bytesEqual, bytesToHex, sha256Hex } from '../pki/fingerprint.ts';
import { formatName } from '../pki/name-text.ts';
import type { World } from '../platform/world.ts';
import {
  type ExaminedStore,
  examineStores,
  type InterruptedChange,
  interruptedChanges,
  journalledRoots,
} from '../truststore/trust.ts';
import { isDevcaName } from '../truststore/trust-anchor.ts';
import { developmentToolOf, keyAtHand, ownUninstall } from './development-tools.ts';
import type { DoctorFinding } from './doctor-finding.ts';
import { rootScope } from './root-scope.ts';

/** A root that somebody added to a store. */
interface Held {
  readonly store: string;
  readonly place: string;
  readonly remove: string;
  readonly certificate: Certificate;
  readonly sha256: string;
  /** RFC 4514 text. */
  readonly subject: string;
}

/**
 * What is wrong with trust stores besides the roots of this home: old roots of devca, roots of other tools that may sign
 * for every name, duplicates, and what tools have left broken. `live` are fingerprints of roots that are in use.
 */
export async function examineTrustStores(
  live: readonly string[],
  world: World,
): Promise<readonly DoctorFinding[]> {
  const stores = await examineStores(world);
  const journalled = (await journalledRoots(world)).map(({ sha256 }) => sha256);
  const roots = stores.flatMap(heldRoots);
  return [
    ...stores.flatMap(({ faults }) => faults),
    ...roots.flatMap((root) => [
      ...oldRoot(root, [...live, ...journalled], world),
      ...toolsRoot(root, roots, world),
      ...expiredRoot(root, world),
    ]),
    ...duplicates(roots),
    ...(await interruptedChanges(world)).map((change) => interrupted(change, live)),
  ];
}

/** What can't be parsed is none of a development tool's. */
function heldRoots({ id, entries }: ExaminedStore): readonly Held[] {
  return entries.flatMap(({ certificate: der, place, remove }) => {
    try {
      const certificate = parseCertificate(der);
      const subject = formatName(certificate.subject);
      return [{ store: id, place, remove, certificate, sha256: sha256Hex(der), subject }];
    } catch (error) {
      if (isDevcaError(error)) return [];
      throw error;
    }
  });
}

/** Roots of other users of this machine are theirs to look after. */
function oldRoot(
  { store, place, remove, sha256, subject }: Held,
  known: readonly string[],
  { system }: World,
): DoctorFinding[] {
  const owner = /CN=devca root (.+)@/.exec(subject)?.[1];
  const isDevca = isDevcaName(basename(place)) || owner !== undefined;
  if (!isDevca || known.includes(sha256) || (owner ?? system.userName) !== system.userName) return [];
  const message = `the trust store "${store}" still trusts "${subject}", a root of devca that belongs to no authority here (SHA-256 ${sha256.slice(0, 16)})`;
  return [{ id: 'old-root', severity: 'problem', message, fix: remove }];
}

/** Once for each root of a store, in however many places it is there. */
function toolsRoot(root: Held, roots: readonly Held[], world: World): DoctorFinding[] {
  const { store, certificate, subject, sha256 } = root;
  const tool = developmentToolOf(subject);
  if (tool === undefined || rootScope(certificate) !== undefined) return [];
  const copies = roots.filter((other) => other.store === store && other.sha256 === sha256);
  if (copies[0] !== root) return [];
  const key = keyAtHand(tool, sha256, world);
  const maker = /\broot@/.test(subject) && world.system.uid !== 0 ? ' that root made through sudo, and' : '';
  const where = key === undefined ? '' : `, and its key is at hand in "${key}"`;
  const message = `the trust store "${store}" trusts "${subject}", a root of ${tool.name}${maker} that may sign for every name${where}`;
  // The tool's own way forgets nothing, but works for the root that it has, and in the places that it knows.
  const own = copies.length === 1 ? ownUninstall(tool, sha256, world) : undefined;
  const fix = own ?? [...new Set(copies.map(({ remove }) => remove))].join(' && ');
  return [{ id: 'unconstrained-root', severity: key === undefined ? 'warning' : 'problem', message, fix }];
}

function interrupted({ action, store, anchor }: InterruptedChange, live: readonly string[]): DoctorFinding {
  const message = `the ${action} of "${anchor.name}" in the trust store "${store}" was interrupted`;
  const place = `--store ${shellWord(store)}`;
  // Any other command about trust takes a root back that is in use no more.
  const fix = live.includes(anchor.sha256)
    ? `devca trust ${action} ${place}`
    : `devca trust uninstall --all ${place}`;
  return { id: 'trust-interrupted', severity: 'problem', message, fix };
}

function expiredRoot({ store, certificate, subject, remove }: Held, world: World): DoctorFinding[] {
  if (certificate.notAfter > world.clock.now()) return [];
  const day = certificate.notAfter.toISOString().slice(0, 10);
  const message = `the trust store "${store}" holds "${subject}", which ended on ${day}`;
  return [{ id: 'expired-root', severity: 'warning', message, fix: remove }];
}

/** The same root twice, and roots that verifiers can tell apart by their keys alone. */
function duplicates(roots: readonly Held[]): readonly DoctorFinding[] {
  return roots.flatMap((root, index) => {
    const earlier = roots.slice(0, index).filter(({ store }) => store === root.store);
    const same = earlier.find(({ sha256 }) => sha256 === root.sha256);
    const { store, subject, place, remove } = root;
    if (same !== undefined) {
      if (same.place === place) return [];
      const message = `the trust store "${store}" holds "${subject}" twice: as "${same.place}" and as "${place}"`;
      // devca finds its own by its name.
      const fix = isDevcaName(basename(place)) && !isDevcaName(basename(same.place)) ? same.remove : remove;
      return [{ id: 'duplicate-root', severity: 'warning', message, fix }];
    }
    const name = bytesToHex(root.certificate.subject.der);
    const namesake = earlier.find(
      ({ certificate }) =>
        bytesToHex(certificate.subject.der) === name &&
        !bytesEqual(certificate.subjectPublicKeyInfo, root.certificate.subjectPublicKeyInfo),
    );
    if (namesake === undefined) return [];
    const message = `the trust store "${store}" holds two roots called "${subject}" with different keys: "${namesake.place}" and "${place}"`;
    const older = namesake.certificate.notBefore <= root.certificate.notBefore ? namesake : root;
    return [{ id: 'same-subject', severity: 'warning', message, fix: older.remove }];
  });
}
