import type { Destruction } from '../lifecycle/destroy-plan.ts';
import { forTerminal } from '../platform/escape.ts';
import type { OwnFiles } from '../runtimes/own-files.ts';

/** What goes, and which files stay. */
export function describeDestruction(destruction: Destruction, home: string): string {
  const { authorities, anchors, issued, live, staying } = destruction;
  const names = authorities.map((name) => `"${name}"`).join(', ');
  const roots = anchors.map(({ sha256 }) => sha256.slice(0, 16)).join(', ');
  const runtime = runtimePaths(destruction.runtimeFiles, false);
  return [
    `${authorities.length === 1 ? 'the authority' : 'the authorities'} ${names} in ${home}`,
    ...(anchors.length === 0 ? [] : [`  roots: ${roots}`]),
    `  certificates: ${issued} issued, ${live} of them in use, which nothing will trust`,
    ...(runtime.length === 0 ? [] : [`  files that "devca env" and "devca run" made: ${listOf(runtime)}`]),
    ...(staying.length === 0 ? [] : [`  files of certificates, which stay: ${listOf(staying)}`]),
  ].join('\n');
}

/** What comes of it: for those who are still to say yes. */
export function describeConsequences(
  { isWhole, heir, anchors }: Destruction,
  noTrust: boolean,
): readonly string[] {
  return [
    isWhole
      ? '  the inventory goes too, and with it what is known of all that was issued'
      : '  what it has issued stays in the inventory, as of an authority that is destroyed',
    '  its revocation lists can be signed no more: nothing can be revoked or renewed',
    ...(heir === undefined ? [] : [`  the default authority from then on: "${heir}"`]),
    ...(noTrust || anchors.length === 0
      ? []
      : [
          '  every trust store forgets the roots: a copy of this home, such as one restored from a backup, has the same ones, and is trusted no more either ("--no-trust" leaves the stores alone)',
        ]),
  ];
}

/** Whether or not variables of this shell name them, or only those that are. */
export const runtimePaths = (files: readonly OwnFiles[], isNamed?: boolean): readonly string[] =>
  files.filter((each) => isNamed === undefined || each.isNamed === isNamed).flatMap(({ paths }) => paths);

export const listOf = (paths: readonly string[]): string => paths.map((path) => `\n    ${path}`).join('');

export const forTerminalLines = (text: string): string => text.split('\n').map(forTerminal).join('\n');
