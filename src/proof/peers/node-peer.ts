import type { Peer } from '../peer.ts';
import { connectWithNode } from './node-client.ts';
import { serveWithNode } from './node-server.ts';

/** The TLS of this runtime, at both ends. */
export const nodePeer: Peer = { id: 'node', serve: serveWithNode, connect: connectWithNode };
