import { writeSync } from 'node:fs';
import { VERSION } from './version.ts';

/** Runs devca in this process and gives its exit status. What a version number doesn't need is loaded afterwards. */
export async function main(): Promise<number> {
  const argv = process.argv.slice(2);
  if (argv[0] === '--version' || argv[0] === '-V') {
    writeSync(1, `${VERSION}\n`);
    return 0;
  }
  const [{ run }, { realWorld }] = await Promise.all([import('./run.ts'), import('./platform/world.ts')]);
  return run(argv, realWorld());
}
