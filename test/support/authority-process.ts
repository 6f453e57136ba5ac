// Run as a program of its own: `init HOME`, `issue HOME FOLDER NAME...`, `revoke HOME NAME`, `roll HOME`, `retire HOME`,
// `destroy HOME NAME` or `import HOME PATH`; prints what came of it as JSON.
import { issueCertificate } from '../../src/authority/issue.ts';
import { revokeCertificates } from '../../src/authority/revoke.ts';
import { isDevcaError } from '../../src/errors/devca-error.ts';
import { destroy } from '../../src/lifecycle/destroy.ts';
import { importAuthority } from '../../src/lifecycle/import/import-authority.ts';
import { initialise } from '../../src/lifecycle/init.ts';
import { retireAuthority } from '../../src/lifecycle/retire.ts';
import { rollAuthority } from '../../src/lifecycle/roll.ts';
import { realWorld } from '../../src/platform/world.ts';

const [action = '', home = '', out = '', ...names] = process.argv.slice(2);
const world = realWorld();

const ACTIONS: Readonly<Record<string, () => Promise<object>>> = {
  init: () => initialise({}, home, world),
  issue: () => issueCertificate({ names, out }, { home }, world),
  revoke: () => revokeCertificates([out], 'superseded', { home }, world),
  roll: () => rollAuthority({}, home, world),
  import: () => importAuthority({ path: out }, home, world),
  destroy: () => destroy({ authority: out, noTrust: true }, home, world),
  retire: () => retireAuthority({ noTrust: true, force: true }, home, world),
};

try {
  process.stdout.write(JSON.stringify(await ACTIONS[action]?.()));
} catch (error) {
  process.stdout.write(JSON.stringify({ error: isDevcaError(error) ? error.code : String(error) }));
  process.exitCode = 1;
}
