import type { Certificate } from '../../pki/certificate.ts';
import type { System } from '../../platform/system.ts';
import type { World } from '../../platform/world.ts';
import type { IssuedList } from './issued-list.ts';

/** What an authority can come from; `pem` is a certificate and a key by their files. */
export const SOURCE_KINDS = ['mkcert', 'caddy', 'step', 'easy-rsa', 'pem'] as const;

export type SourceKind = (typeof SOURCE_KINDS)[number];

/** The files of a certificate that may issue, and of its key where that is there. */
export interface SourceIssuer {
  readonly cert: string;
  readonly key: string | undefined;
}

/** Where an authority to import has what, by paths. Nothing of it was opened yet. */
export interface Source {
  readonly kind: SourceKind;
  /** Its folder, or the file of its certificate. */
  readonly path: string;
  readonly root: SourceIssuer;
  readonly intermediate: SourceIssuer | undefined;
  /** What it has issued; `issuers` are the certificates that may have signed it. */
  readonly readList?: (issuers: readonly Certificate[], world: World) => IssuedList;
  /** What stays with it, for people. */
  readonly leftBehind: readonly string[];
  /** Whether it goes on issuing by itself, so that its keys have to stay where they are. */
  readonly livesOn: boolean;
}

/** One kind of source. */
export interface SourceFamily {
  readonly kind: SourceKind;
  /** As its makers write it. */
  readonly title: string;
  /** The folders in which it keeps its authority, as it would find them itself. */
  places(system: System): readonly string[];
  /** The authority in a folder; `undefined` where there is none of this kind. */
  find(folder: string, world: World): Source | undefined;
}

/** Links are followed here, so that what reads the file can say that it is one. */
export const hasFile = (path: string, { files }: Pick<World, 'files'>): boolean =>
  files.statusOfTarget(path) !== undefined && files.statusOfTarget(path)?.kind !== 'folder';

/** A certificate and its key, the key only where its file is there. */
export const issuerFiles = (cert: string, key: string, world: Pick<World, 'files'>): SourceIssuer => ({
  cert,
  key: hasFile(key, world) ? key : undefined,
});
