import { isDevcaError } from '../errors/devca-error.ts';
import { bytesToHex } from '../pki/fingerprint.ts';
import type { World } from '../platform/world.ts';
import { endEntityIndex } from './end-entity.ts';
import { checkModes } from './file-modes.ts';
import type { Reading, Subject } from './presented.ts';
import { LONGEST_KEY, parseKeyFile } from './private-keys.ts';

/** A private key in a file of its own. */
export interface KeyFile {
  readonly name: string;
  readonly path: string;
  /** Hex of its public half. */
  readonly publicKey: string;
}

/** The private key in a file, or undefined where it has none that can be read. */
export function keyFileOf(name: string, path: string, world: Pick<World, 'files'>): KeyFile | undefined {
  try {
    const { subjectPublicKeyInfo } = parseKeyFile(world.files.read(path, LONGEST_KEY), name);
    return { name, path, publicKey: bytesToHex(subjectPublicKeyInfo ?? new Uint8Array()) };
  } catch (error) {
    if (!isDevcaError(error)) throw error;
    return undefined;
  }
}

/**
 * Gives key files to the subjects that they belong to, by their public halves, since names of files are a custom: what
 * their modes say is said of the subject, and of the key file that it is one.
 */
export function joinKeys(
  { subjects, unreadable, leftOut }: Reading,
  keyFiles: readonly KeyFile[],
  world: Pick<World, 'files' | 'system'>,
): Reading {
  const owners = new Map(subjects.map((subject) => [publicKeyOf(subject), subject]));
  const byName = new Map(keyFiles.map((keyFile) => [keyFile.name, keyFile]));
  const byKey = new Map<string, KeyFile[]>();
  for (const keyFile of keyFiles)
    byKey.set(keyFile.publicKey, [...(byKey.get(keyFile.publicKey) ?? []), keyFile]);
  return {
    subjects: subjects.map((subject) => {
      const own = byKey.get(publicKeyOf(subject)) ?? [];
      const findings = own.flatMap(({ path }) => checkModes(path, true, world));
      return findings.length === 0 ? subject : { ...subject, findings: [...subject.findings, ...findings] };
    }),
    unreadable,
    leftOut: leftOut.map((row) => {
      const owner = owners.get(byName.get(row.file)?.publicKey ?? '');
      return owner === undefined ? row : { ...row, reason: `it is the private key of "${owner.target}"` };
    }),
  };
}

/** Hex of the public key of a subject's end entity; of a malformed one, nothing that a key has. */
function publicKeyOf(subject: Subject): string {
  const certificate = subject.certificates[endEntityIndex(subject)]?.certificate;
  return certificate === undefined ? 'none' : bytesToHex(certificate.subjectPublicKeyInfo);
}
