import { join } from 'node:path';
import type { System } from '../../platform/system.ts';
import type { World } from '../../platform/world.ts';
import { readEasyRsaList } from './easy-rsa-list.ts';
import { hasFile, issuerFiles, type SourceFamily } from './source.ts';

/** https://easy-rsa.readthedocs.io: `pki` has the root, its key in `private`, and OpenSSL's list `index.txt`. */
export const easyRsa: SourceFamily = {
  kind: 'easy-rsa',
  title: 'easy-rsa',
  places: ({ environment, workingFolder }: System) => {
    const { EASYRSA_PKI = '', EASYRSA = '' } = environment;
    if (EASYRSA_PKI !== '') return [EASYRSA_PKI];
    return [EASYRSA === '' ? workingFolder : EASYRSA];
  },
  find: (folder, world) => {
    const at = [join(folder, 'pki'), folder].find((each) => isPki(each, world));
    if (at === undefined) return undefined;
    return {
      kind: 'easy-rsa',
      path: at,
      root: issuerFiles(join(at, 'ca.crt'), join(at, 'private', 'ca.key'), world),
      intermediate: undefined,
      readList: (issuers) => readEasyRsaList(at, issuers, world),
      leftBehind: [
        'the keys of what easy-rsa has issued stay in its folder, and so do requests and settings: devca lists and revokes those certificates, but cannot renew them',
        'what easy-rsa issues or revokes from now on is not known to devca',
      ],
      livesOn: false,
    };
  },
};

const isPki = (folder: string, world: World): boolean =>
  hasFile(join(folder, 'ca.crt'), world) &&
  (hasFile(join(folder, 'index.txt'), world) || hasFile(join(folder, 'private', 'ca.key'), world));
