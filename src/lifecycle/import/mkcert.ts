import { isAbsolute, join, resolve } from 'node:path';
import { dataFolder, userHome } from '../../platform/paths.ts';
import { hasFile, issuerFiles, type SourceFamily } from './source.ts';

/** https://github.com/FiloSottile/mkcert: a root and its key in one folder, and nothing else. */
export const mkcert: SourceFamily = {
  kind: 'mkcert',
  title: 'mkcert',
  places: (system) => {
    const { CAROOT = '' } = system.environment;
    if (CAROOT !== '') return [resolve(system.workingFolder, CAROOT)];
    if (system.platform === 'win32' || isAbsolute(system.environment['XDG_DATA_HOME'] ?? ''))
      return [join(dataFolder(system), 'mkcert')];
    const home = userHome(system);
    return system.platform === 'darwin'
      ? [join(home, 'Library', 'Application Support', 'mkcert')]
      : [join(home, '.local', 'share', 'mkcert')];
  },
  find: (folder, world) => {
    const cert = join(folder, 'rootCA.pem');
    if (!hasFile(cert, world)) return undefined;
    return {
      kind: 'mkcert',
      path: folder,
      root: issuerFiles(cert, join(folder, 'rootCA-key.pem'), world),
      intermediate: undefined,
      leftBehind: [
        'mkcert keeps no list: certificates that it has issued go on working, but devca cannot list, renew or revoke them',
      ],
      livesOn: false,
    };
  },
};
