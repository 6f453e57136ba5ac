import type { TrustSession } from '../session.ts';
import type { Step } from '../step.ts';
import { anchorPem, type TrustAnchor } from '../trust-anchor.ts';
import { type JavaPlace, needsRoot } from './java-places.ts';
import type { KeyStorePassword } from './key-store-file.ts';

/** One change of an entry. */
export type KeyStoreEdit =
  | { readonly kind: 'add'; readonly alias: string; readonly anchor: TrustAnchor }
  | { readonly kind: 'delete'; readonly alias: string };

export interface KeyStoreEditor {
  readonly place: JavaPlace;
  readonly keytool: string;
  readonly asRoot: boolean;
  readonly password: KeyStorePassword;
}

/**
 * `keytool` writes a file in place, and what is killed there, or has no room, leaves Java without any root. So a copy is
 * changed, which then takes the file's place with its owner and mode. Windows has no such commands.
 */
export function keyStoreSteps(
  edits: readonly KeyStoreEdit[],
  editor: KeyStoreEditor,
  session: TrustSession,
): readonly Step[] {
  const { file } = editor.place;
  if (session.world.system.platform === 'win32') return edits.map((edit) => keytoolStep(edit, file, editor));
  const copy = copyOf(editor.place);
  const run = (program: string, args: readonly string[], why: string): Step => ({
    kind: 'run',
    program,
    args,
    needsRoot: editor.asRoot,
    why,
  });
  const mode = session.world.files.statusOfTarget(file)?.mode ?? 0o644;
  const isReadOnly = (mode & 0o200) === 0;
  const setMode = (bits: number, why: string): readonly Step[] =>
    isReadOnly ? [run('chmod', [bits.toString(8).padStart(4, '0'), copy], why)] : [];
  return [
    run(
      'cp',
      ['-pf', file, copy],
      'copy the key store: Java is to see the old one or the new one, never half',
    ),
    ...setMode(mode | 0o200, 'let the copy be changed'),
    ...edits.map((edit) => keytoolStep(edit, copy, editor)),
    ...setMode(mode, 'give it the mode of the key store'),
    run('mv', ['-f', copy, file], 'put the copy in the place of the key store'),
  ];
}

/** What an install that failed or was killed leaves beside the key store. */
export function leftoverSteps(place: JavaPlace, session: TrustSession): readonly Step[] {
  const path = copyOf(place);
  if (session.world.files.status(path)?.kind !== 'file') return [];
  const asRoot = needsRoot(place, session);
  return [
    {
      kind: 'remove',
      path,
      needsRoot: asRoot,
      why: 'remove the copy of the key store that was not finished',
    },
  ];
}

function keytoolStep(edit: KeyStoreEdit, path: string, { keytool, asRoot, password }: KeyStoreEditor): Step {
  const where = ['-alias', edit.alias, '-keystore', path, ...password.args];
  const base = { kind: 'run', program: keytool, needsRoot: asRoot } as const;
  if (edit.kind === 'delete') {
    return { ...base, args: ['-delete', ...where], why: `remove the root "${edit.alias}"` };
  }
  const args = ['-importcert', '-noprompt', ...where];
  return { ...base, args, stdin: anchorPem(edit.anchor), why: 'add the root' };
}

/** Beside the key store, so that it can take its place at once. */
export const copyOf = ({ file }: Pick<JavaPlace, 'file'>): string => `${file}.devca`;
