import { permittedList } from '../authority/constraint.ts';
import { liveGenerations } from '../authority/generations.ts';
import { readHome } from '../authority/home.ts';
import { requireAuthority } from '../authority/open-authority.ts';
import { sha256Hex } from '../pki/fingerprint.ts';
import { commonNameOf } from '../pki/name.ts';
import { encodePem } from '../pki/pem.ts';
import type { World } from '../platform/world.ts';

export interface ExportedRoot {
  readonly authority: string;
  readonly generation: number;
  readonly name: string;
  readonly sha256: string;
  readonly notAfter: Date;
  /** `undefined` for a root without a constraint. */
  readonly permitted: readonly string[] | undefined;
}

export interface TrustExport {
  readonly roots: readonly ExportedRoot[];
  /** The roots as PEM, each below comments that say what it is. No key is in it. */
  readonly text: string;
}

/** The roots that are in use, of one authority or of all, for others to trust. Throws DEVCA_AUTHORITY_MISSING. */
export function exportTrust(authority: string | undefined, home: string, world: World): TrustExport {
  const found = readHome(home, world, (inventory) => {
    const first = requireAuthority(inventory, home, world, authority).record.name;
    const names = authority === undefined ? inventory.authorities.names() : [];
    return [...new Set([first, ...names])].flatMap((name) => liveGenerations(inventory, home, world, name));
  });
  const all = found.map(({ record, root, constraint }) => {
    const { der, subject, notAfter } = root.certificate;
    const exported: ExportedRoot = {
      authority: record.name,
      generation: record.generation,
      name: commonNameOf(subject) ?? '',
      sha256: sha256Hex(der),
      notAfter,
      permitted: permittedList(constraint),
    };
    return { exported, der };
  });
  return {
    roots: all.map(({ exported }) => exported),
    text: all.map(({ exported, der }) => `${comment(exported)}${encodePem('CERTIFICATE', der)}`).join('\n'),
  };
}

/** A line of a comment must not look like the beginning of a block. */
function comment({ name, sha256, notAfter, permitted }: ExportedRoot): string {
  const lines = [
    name.replaceAll(/[\p{C}]+/gu, ' '),
    `SHA-256 ${sha256}`,
    `ends ${notAfter.toISOString().slice(0, 10)}`,
    `permitted: ${permitted === undefined ? 'everything' : permitted.join(', ')}`,
  ];
  return lines.map((line) => `# ${line}\n`).join('');
}
