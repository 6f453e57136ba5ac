import { decodePem } from '../pki/pem.ts';
import type { World } from '../platform/world.ts';
import { verifyChainSync } from '../validation/verify-chain.ts';
import type { Credentials, End } from './peer.ts';
import type { Reason } from './seen.ts';

/**
 * Why a chain is refused, by devca's own verifier. A server of Node has only a code for what it refuses, and for some
 * reasons the code is `UNSPECIFIED`: https://github.com/nodejs/node/blob/main/deps/ncrypto/ncrypto.cc. That it was
 * refused is then the runtime's word, and why is devca's, where it finds nothing else.
 */
export function secondOpinion(
  credentials: Credentials | undefined,
  trust: readonly string[],
  shownBy: End,
  world: Pick<World, 'clock'>,
): Reason | undefined {
  const [endEntity, ...intermediates] = decodePem(credentials?.certPem ?? '', 'proof').map(({ der }) => der);
  if (endEntity === undefined) return undefined;
  const { problems } = verifyChainSync({
    endEntity,
    intermediates,
    trustAnchors: [...trust],
    at: world.clock.now(),
    purpose: shownBy,
  });
  const isConstraint = problems.length > 0 && problems.every(({ code }) => CONSTRAINT_CODES.includes(code));
  return isConstraint ? 'outside-constraint' : undefined;
}

const CONSTRAINT_CODES: readonly string[] = ['DEVCA_CONSTRAINT_NOT_PERMITTED', 'DEVCA_CONSTRAINT_EXCLUDED'];
