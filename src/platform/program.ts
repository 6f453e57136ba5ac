import { realpathSync } from 'node:fs';

/** How this very program is started, by absolute paths: the runtime and the script. For the files of services. */
export function programCommand(): readonly string[] {
  const [, script = ''] = process.argv;
  return [process.execPath, realpathSync(script)];
}
