/** One setting of a tool, as its file has it. */
export interface SettingsEntry {
  /** Empty where the file has no sections. */
  readonly section: string;
  readonly key: string;
  readonly value: string;
}

const lines = (text: string): readonly string[] => text.split(/\r?\n/);

/** What git, pip, npm, wget, AWS and cargo have in common: sections, and a key with its value on a line. */
export function readSections(text: string): readonly SettingsEntry[] {
  let section = '';
  return lines(text).flatMap((line) => {
    const [, heading, rest] = /^\s*\[((?:[^\]"]|"(?:[^"\\]|\\.)*")+)\](.*)$/.exec(line) ?? [];
    if (heading !== undefined) section = heading.trim();
    const [, key, value] = /^\s*([A-Za-z_.-]+)(?:\[\])?\s*=\s*(.*?)\s*$/.exec(rest ?? line) ?? [];
    return key === undefined || value === undefined ? [] : [{ section, key, value: unquoted(value) }];
  });
}

function unquoted(value: string): string {
  const quoted = /^(["'])(.*)\1(?:\s*[#;].*)?$/.exec(value)?.[2];
  return quoted ?? value.replace(/\s+[#;].*$/, '');
}

/**
 * An option of curl on a line, with or without its dashes. A switch is `true`, and one with `no-` before it `false`:
 * https://curl.se/docs/manpage.html#-K
 */
export function readOptions(text: string): readonly SettingsEntry[] {
  return lines(text).flatMap((line) => {
    const [, word, rest = ''] = /^\s*-{0,2}([A-Za-z][\w.-]*)(?:\s*[=:]\s*|\s+|$)(.*)$/.exec(line) ?? [];
    if (word === undefined) return [];
    const quoted = /^"((?:[^"\\]|\\.)*)"/.exec(rest)?.[1]?.replace(/\\(.)/g, '$1');
    const given = quoted ?? rest.split(/\s/)[0] ?? '';
    const isOff = word.startsWith('no-');
    const key = word === 'k' ? 'insecure' : isOff ? word.slice('no-'.length) : word;
    return [{ section: '', key, value: given === '' ? `${!isOff}` : given }];
  });
}

/** What stands at the left margin of YAML, with a plain or quoted value beside it. */
export function readMapping(text: string): readonly SettingsEntry[] {
  return lines(text).flatMap((line) => {
    const [, key, value] = /^([A-Za-z_][\w.-]*)\s*:\s+(.*?)\s*$/.exec(line) ?? [];
    return key === undefined || value === undefined ? [] : [{ section: '', key, value: unquoted(value) }];
  });
}
