import { join } from 'node:path';
import { DevcaError } from '../errors/devca-error.ts';
import { forXml } from '../platform/escape.ts';
import { userHome } from '../platform/paths.ts';
import type { System } from '../platform/system.ts';

export const UNIT_KINDS = ['systemd', 'launchd'] as const;
export type UnitKind = (typeof UNIT_KINDS)[number];

/** The file of templates/services that each kind of service manager reads. */
export const UNIT_TEMPLATES: Readonly<Record<UnitKind, string>> = {
  systemd: 'devca-watch.service',
  launchd: 'dev.devca.watch.plist',
};

/** Fills a template with a command line. Throws DEVCA_UNIT_TEXT for what the file cannot hold. */
export function renderUnit(
  kind: UnitKind,
  template: string,
  command: readonly string[],
  system: System,
): string {
  // XML has no way to write controls, and systemd none to write half a character.
  for (const text of command)
    if (/[\u0000-\u001f\u007f]|\p{Surrogate}/u.test(text))
      throw new DevcaError('DEVCA_UNIT_TEXT', { kind, text });
  const values: Readonly<Record<string, string>> =
    kind === 'systemd'
      ? { command: command.map(systemdWord).join(' ') }
      : {
          arguments: command.map((word) => `      <string>${forXml(word)}</string>`).join('\n'),
          log: forXml(join(userHome(system), 'Library/Logs/devca-watch.log')),
        };
  return template.replaceAll(/\{\{(\w+)\}\}/g, (_, name: string) => values[name] ?? '');
}

/** In quotes, with specifiers (`%`), variables (`$`) and escapes doubled: systemd.service(5), "Command lines". */
function systemdWord(word: string): string {
  if (/^[A-Za-z0-9_@+=:,./-]+$/.test(word)) return word;
  const escaped = word.replaceAll(/[\\"]/g, '\\$&').replaceAll('%', '%%').replaceAll('$', '$$$$');
  return `"${escaped}"`;
}
