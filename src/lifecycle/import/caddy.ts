import { basename, join } from 'node:path';
import { dataFolder, userHome } from '../../platform/paths.ts';
import type { System } from '../../platform/system.ts';
import type { World } from '../../platform/world.ts';
import { certificatesIn, listOf } from './issued-list.ts';
import { hasFile, issuerFiles, type SourceFamily } from './source.ts';

/** https://caddyserver.com/docs/conventions#data-directory: `pki/authorities/local` has root and intermediate. */
export const caddy: SourceFamily = {
  kind: 'caddy',
  title: 'Caddy',
  places: (system) => [join(caddyFolder(system), 'pki', 'authorities', 'local')],
  find: (folder, world) => {
    const at = [folder, join(folder, 'pki', 'authorities', 'local')].find((each) =>
      ['root.crt', 'intermediate.crt'].every((name) => hasFile(join(each, name), world)),
    );
    if (at === undefined) return undefined;
    return {
      kind: 'caddy',
      path: at,
      root: issuerFiles(join(at, 'root.crt'), join(at, 'root.key'), world),
      intermediate: issuerFiles(join(at, 'intermediate.crt'), join(at, 'intermediate.key'), world),
      readList: (issuers) => listOf(certificatesIn(issuedFiles(at, world), issuers, world)),
      leftBehind: [
        'Caddy goes on by itself: it renews its own intermediate and issues from it, and devca does not see that',
        'the keys of what Caddy has issued stay with Caddy, which renews it every few hours',
      ],
      livesOn: true,
    };
  },
};

function caddyFolder(system: System): string {
  const { XDG_DATA_HOME = '', APPDATA = '' } = system.environment;
  if (XDG_DATA_HOME !== '') return join(XDG_DATA_HOME, 'caddy');
  if (system.platform === 'win32' && APPDATA !== '') return join(APPDATA, 'Caddy');
  if (system.platform === 'darwin') return join(userHome(system), 'Library', 'Application Support', 'Caddy');
  return join(dataFolder(system), 'caddy');
}

/** `certificates/local/NAME/NAME.crt`, beside the folder of authorities: by the name of this one. */
function issuedFiles(authority: string, { files }: Pick<World, 'files'>): readonly string[] {
  const folder = join(authority, '..', '..', '..', 'certificates', basename(authority));
  if (files.statusOfTarget(folder)?.kind !== 'folder') return [];
  return files.list(folder).map((name) => join(folder, name, `${name}.crt`));
}
