import { DevcaError } from '../../errors/devca-error.ts';
import type { World } from '../../platform/world.ts';
import type { Peer } from '../peer.ts';
import { curlPeer } from './curl-peer.ts';
import { gnutlsPeer } from './gnutls-peer.ts';
import { opensslPeer } from './openssl-peer.ts';

/** Foreign implementations by their names, with what has to be installed for them. */
const KNOWN: readonly { readonly peer: Peer; readonly program: string; readonly install: string }[] = [
  { peer: opensslPeer, program: 'openssl', install: 'apt install openssl' },
  { peer: curlPeer, program: 'curl', install: 'apt install curl' },
  { peer: gnutlsPeer, program: 'gnutls-cli', install: 'apt install gnutls-bin' },
];

export const PEER_NAMES: readonly string[] = KNOWN.map(({ peer }) => peer.id);

/** Foreign implementations by name. Throws DEVCA_PROOF_PEER_UNKNOWN and, where one is not installed, DEVCA_PROGRAM_MISSING. */
export function findPeers(names: readonly string[], world: Pick<World, 'exec'>): readonly Peer[] {
  return names.map((name) => {
    const known = KNOWN.find(({ peer }) => peer.id === name);
    if (known === undefined)
      throw new DevcaError('DEVCA_PROOF_PEER_UNKNOWN', { peer: name, known: PEER_NAMES });
    const { peer, program, install } = known;
    if (world.exec.find(program) === undefined)
      throw new DevcaError('DEVCA_PROGRAM_MISSING', { program, install });
    return peer;
  });
}
