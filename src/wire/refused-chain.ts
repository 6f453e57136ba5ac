import type { FaultCode } from '../diagnosis/fault.ts';
import { faultOfProblem } from '../diagnosis/named-fault.ts';
import { sha256Hex } from '../pki/fingerprint.ts';
import type { ReferenceName } from '../validation/request.ts';
import { verifyChainSync } from '../validation/verify-chain.ts';
import { describeServedChain } from './served-chain.ts';
import type { Side } from './transcript.ts';

/**
 * What can be seen to be wrong with a chain that the other side refused, without the other side's roots: its last
 * certificate is taken for trusted.
 */
export function faultsOfChain(
  chain: readonly Uint8Array[],
  owner: Side,
  name: ReferenceName | undefined,
  at: Date,
): readonly FaultCode[] {
  const [endEntity, ...intermediates] = chain;
  if (endEntity === undefined) return [];
  const { problems } = verifyChainSync({
    endEntity,
    intermediates,
    trustAnchors: [intermediates.at(-1) ?? endEntity],
    at,
    purpose: owner,
    ...(name === undefined ? {} : { name }),
  });
  const sha256 = sha256Hex(endEntity);
  const verifier = owner === 'client' ? 'server' : 'client';
  return [
    ...problems.flatMap((problem) => faultOfProblem(problem, sha256, verifier) ?? []),
    ...(owner === 'server' ? rootFaults(chain) : []),
  ];
}

function rootFaults(chain: readonly Uint8Array[]): FaultCode[] {
  const { rootSent } = describeServedChain(chain);
  if (rootSent === undefined) return [];
  return [chain.length === 1 ? 'DEVCA_FAULT_SELF_SIGNED' : 'DEVCA_FAULT_ROOT_SENT'];
}
