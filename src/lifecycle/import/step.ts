import { join, resolve } from 'node:path';
import { userHome } from '../../platform/paths.ts';
import type { World } from '../../platform/world.ts';
import { hasFile, issuerFiles, type SourceFamily } from './source.ts';

/** https://smallstep.com/docs/step-ca/: certificates in `certs`, their keys under a password in `secrets`. */
export const step: SourceFamily = {
  kind: 'step',
  title: 'step-ca',
  places: (system) => {
    const { STEPPATH = '' } = system.environment;
    return [STEPPATH === '' ? join(userHome(system), '.step') : resolve(system.workingFolder, STEPPATH)];
  },
  find: (given, world) => {
    const [folder, ...others] = authoritiesIn(given, world);
    if (folder === undefined || others.length > 0) return undefined;
    const cert = (name: string) => join(folder, 'certs', name);
    const key = (name: string) => join(folder, 'secrets', name);
    const intermediate = cert('intermediate_ca.crt');
    return {
      kind: 'step',
      path: folder,
      root: issuerFiles(cert('root_ca.crt'), key('root_ca_key'), world),
      intermediate: hasFile(intermediate, world)
        ? issuerFiles(intermediate, key('intermediate_ca_key'), world)
        : undefined,
      leftBehind: [
        "step-ca's database is in a form of its own: certificates in it go on working, but devca cannot list, renew or revoke them",
        'its provisioners, ACME accounts, templates and settings stay with it',
        'step-ca goes on issuing where it is run',
      ],
      livesOn: true,
    };
  },
};

/** The folder itself, else what `step` has in `authorities` where it knows of several by their contexts. */
function authoritiesIn(folder: string, world: World): readonly string[] {
  const isOne = (each: string) => hasFile(join(each, 'certs', 'root_ca.crt'), world);
  if (isOne(folder)) return [folder];
  const contexts = join(folder, 'authorities');
  if (world.files.statusOfTarget(contexts)?.kind !== 'folder') return [];
  return world.files
    .list(contexts)
    .map((name) => join(contexts, name))
    .filter(isOne);
}
