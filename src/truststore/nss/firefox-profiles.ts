import { join } from 'node:path';

export interface FirefoxProfile {
  readonly name: string;
  readonly folder: string;
}

/**
 * The profiles that a `profiles.ini` names. Their folders may lie anywhere: `IsRelative=0` goes with an absolute path.
 * Unknown sections and keys are skipped, as Firefox does.
 */
export function parseProfilesIni(text: string, folder: string): readonly FirefoxProfile[] {
  const profiles: FirefoxProfile[] = [];
  for (const section of sections(text)) {
    if (!/^Profile\d+$/i.test(section.title)) continue;
    const path = section.values.get('path');
    if (path === undefined || path === '') continue;
    const absolute = section.values.get('isrelative') === '0';
    profiles.push({ name: section.values.get('name') ?? path, folder: absolute ? path : join(folder, path) });
  }
  return profiles;
}

interface Section {
  readonly title: string;
  readonly values: Map<string, string>;
}

function sections(text: string): readonly Section[] {
  const found: Section[] = [];
  for (const raw of text.split(/\r\n|\n|\r/)) {
    const line = raw.trim();
    const title = /^\[(.*)\]$/.exec(line)?.[1];
    if (title !== undefined) found.push({ title, values: new Map() });
    const split = line.indexOf('=');
    if (title !== undefined || split <= 0 || /^[;#]/.test(line)) continue;
    found.at(-1)?.values.set(line.slice(0, split).trim().toLowerCase(), line.slice(split + 1).trim());
  }
  return found;
}
