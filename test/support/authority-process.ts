// Run as a program of its own: `init HOME` or `issue HOME FOLDER NAME...`; prints what came of it as JSON.
import { issueCertificate } from '../../src/authority/issue.ts';
import { isDevcaError } from '../../src/errors/devca-error.ts';
import { initialise } from '../../src/lifecycle/init.ts';
import { realWorld } from '../../src/platform/world.ts';

const [action, home = '', out = '', ...names] = process.argv.slice(2);

try {
  const outcome =
    action === 'init'
      ? await initialise({}, home, realWorld())
      : await issueCertificate({ names, out }, { home }, realWorld());
  process.stdout.write(JSON.stringify(outcome));
} catch (error) {
  process.stdout.write(JSON.stringify({ error: isDevcaError(error) ? error.code : String(error) }));
  process.exitCode = 1;
}
