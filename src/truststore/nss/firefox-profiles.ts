import { isAbsolute, join } from 'node:path';

export interface FirefoxProfile {
  readonly name: string;
  readonly folder: string;
}

/**
 * The profiles that a `profiles.ini` names. Their folders may lie anywhere: `IsRelative=0` goes with an absolute path.
 * Unknown sections and keys are skipped, as Firefox does.
 */
export function parseProfilesIni(text: string, folder: string): readonly FirefoxProfile[] {
  return parseSections(text).flatMap(({ title, values }) => {
    const path = values.get('path');
    if (!/^Profile\d+$/i.test(title) || path === undefined || path === '') return [];
    const absolute = values.get('isrelative') === '0';
    return [{ name: values.get('name') || path, folder: absolute ? path : join(folder, path) }];
  });
}

/** The default profile of each installation, by an `installs.ini`; it may name some that `profiles.ini` has lost. */
export function parseInstallsIni(text: string, folder: string): readonly FirefoxProfile[] {
  return parseSections(text).flatMap(({ values }) => {
    const path = values.get('default');
    if (path === undefined || path === '') return [];
    return [{ name: path, folder: isAbsolute(path) ? path : join(folder, path) }];
  });
}

interface Section {
  readonly title: string;
  readonly values: Map<string, string>;
}

function parseSections(text: string): readonly Section[] {
  const found: Section[] = [];
  for (const raw of text.replace(/^\ufeff/, '').split(/\r\n|\n|\r/)) {
    const line = raw.trim();
    const title = /^\[(.*)\]$/.exec(line)?.[1];
    if (title !== undefined) found.push({ title, values: new Map() });
    const split = line.indexOf('=');
    if (title !== undefined || split <= 0 || /^[;#]/.test(line)) continue;
    found.at(-1)?.values.set(line.slice(0, split).trim().toLowerCase(), line.slice(split + 1).trim());
  }
  return found;
}
