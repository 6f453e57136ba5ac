import { DevcaError } from '../errors/devca-error.ts';
import type { World } from '../platform/world.ts';
import type { ReferenceName } from '../validation/request.ts';
import { observeHandshake } from '../wire/observe-handshake.ts';
import { sentChain } from '../wire/served-chain.ts';
import { parseTarget } from '../wire/target.ts';
import { presentedCertificate } from './container.ts';
import type { Reading } from './presented.ts';

/** Long enough for a server on another continent, short enough for a list of targets. */
const TIMEOUT_MS = 10_000;

/**
 * Fetches the chain that a server shows, by a handshake that trusts nobody: what it shows is judged afterwards, and
 * may be judged even where the server then refuses us. Throws DEVCA_WIRE_* and DEVCA_TARGET_NO_CERTIFICATE.
 * @param names the names that are expected; the first host among them is asked for (RFC 6066 section 3)
 */
export async function readServer(
  target: string,
  names: readonly ReferenceName[],
  world: Pick<World, 'clock'>,
): Promise<Reading> {
  const parsed = parseTarget(target);
  const asked = names.find(({ kind }) => kind === 'dns')?.value;
  const settings = {
    timeoutMs: TIMEOUT_MS,
    settleMs: 50,
    ...(asked === undefined ? {} : { servername: asked }),
  };
  const observation = await observeHandshake(parsed, settings, world);
  const chain = sentChain(observation.transcript, 'server');
  if (chain.length === 0) {
    const detail = observation.failure ?? `the connection was ${observation.ending}`;
    throw new DevcaError('DEVCA_TARGET_NO_CERTIFICATE', { target, detail });
  }
  const host: ReferenceName = { kind: parsed.isAddress ? 'ip' : 'dns', value: parsed.host };
  const certificates = chain.map((der) => presentedCertificate(der));
  const subject = {
    target,
    form: 'server' as const,
    certificates,
    keys: [],
    findings: [],
    names: [host],
    purpose: 'server' as const,
  };
  return { subjects: [subject], unreadable: [], leftOut: [] };
}
