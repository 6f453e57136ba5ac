import { DevcaError } from '../errors/devca-error.ts';

/** One option of JAVA_TOOL_OPTIONS: as it stands there, and what the runtime makes of it. */
export interface JavaOption {
  readonly raw: string;
  readonly text: string;
}

/**
 * Splits as the runtime does: at white space, where quotes of either kind hold words together and no character escapes
 * another (`Arguments::parse_options_buffer` of OpenJDK's arguments.cpp).
 */
export const parseJavaOptions = (value: string): readonly JavaOption[] =>
  (value.match(/(?:"[^"]*"?|'[^']*'?|[^\s"'])+/g) ?? []).map((raw) => ({
    raw,
    text: raw.replaceAll(/"([^"]*)"?|'([^']*)'?/g, '$1$2'),
  }));

/** The value of the last `-Dname=`, which is the one that counts. */
export const javaProperty = (name: string, options: readonly JavaOption[]): string | undefined =>
  options.findLast(({ text }) => text.startsWith(`-D${name}=`))?.text.slice(name.length + 3);

/** Throws DEVCA_RUNTIME_VALUE for what the runtime has no way to read. */
export function formatJavaOption(text: string): string {
  if (!/[\s"']/.test(text)) return text;
  if (!text.includes('"')) return `"${text}"`;
  if (!text.includes("'")) return `'${text}'`;
  throw new DevcaError('DEVCA_RUNTIME_VALUE', {
    variable: 'JAVA_TOOL_OPTIONS',
    value: text,
    medium: 'Java',
    reason: 'it has quotes of both kinds',
  });
}
