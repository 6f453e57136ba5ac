import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { acceptanceSuite } from '../../support/acceptance-suite.ts';
import { judgeWith, type Wording } from '../../support/acceptance-verdicts.ts';

/** A client is told nothing more; a server hangs up. */
const CHAIN = /certificate verify failed|Socket closed|reset by peer|Broken pipe/;

const WORDING: Wording = {
  name: /Peer name .* is not in peer certificate/,
  purpose: CHAIN,
  authority: CHAIN,
  'not-an-authority': CHAIN,
  expired: CHAIN,
  'not-yet-valid': CHAIN,
  constraint: CHAIN,
  'path-length': CHAIN,
};

const PROGRAM = join(import.meta.dirname, 'programs/grpc_calls.py');

/** Debian's own, which has the modules of its packages; one that comes first on the PATH may not. */
const PYTHON = '/usr/bin/python3';
const hasModule = spawnSync(PYTHON, ['-c', 'import grpc']).status === 0;

// Debian links it with OpenSSL; Bun stands for the BoringSSL of other builds.
acceptanceSuite({
  name: 'gRPC',
  tools: hasModule ? [] : ['python3-grpcio'],
  wording: WORDING,
  // Its handshakes have no notion of a mail address.
  takes: ({ name }) => name?.kind !== 'email',
  judge: (trials, home) => judgeWith(PYTHON, [PROGRAM], trials, { home }),
});
