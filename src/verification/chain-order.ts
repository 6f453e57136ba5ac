import { formatName } from '../pki/name-text.ts';
import { describeServedChain } from '../wire/served-chain.ts';
import type { Subject } from './presented.ts';
import { type TargetFinding, targetFinding } from './target-problems.ts';

/** Forms that servers read from the beginning; the others are sets. A Secret holds PEM. */
const ORDERED: ReadonlySet<string> = new Set(['pem', 'der', 'server', 'kubernetes']);

/** OpenSSL's SSL_MAX_CERT_LIST_DEFAULT, which BoringSSL has too. */
const LARGEST_CHAIN = 100 * 1024;

/** How a chain is put together, for whoever serves it as it is. Positions are counted from 1 in what is reported. */
export function checkServedOrder(
  { form, certificates }: Subject,
  endEntity: number,
): readonly TargetFinding[] {
  const own = certificates[endEntity];
  const isOrdered = ORDERED.has(form);
  if (own === undefined || certificates.length < 2) return [];
  const bytes = certificates.reduce((sum, { der }) => sum + der.length, 0);
  if (bytes > LARGEST_CHAIN) {
    // Comparing all with all would take long, and nothing that it says would matter.
    const context = { certificates: certificates.length, bytes, limit: LARGEST_CHAIN };
    return isOrdered ? [targetFinding('DEVCA_CHAIN_TOO_LARGE', context)] : [];
  }
  const order = [endEntity, ...[...certificates.keys()].filter((position) => position !== endEntity)];
  const shape = describeServedChain(order.map((position) => certificates[position]?.der ?? own.der));
  const positions = (found: readonly number[]): number[] =>
    found.map((index) => (order[index] ?? 0) + 1).sort((a, b) => a - b);
  const findings: TargetFinding[] = [];
  if (isOrdered && endEntity !== 0) {
    const first = certificates[0]?.certificate;
    const context = { position: endEntity + 1, first: first === undefined ? '' : formatName(first.subject) };
    findings.push(targetFinding('DEVCA_CHAIN_END_ENTITY_NOT_FIRST', context));
  } else if (isOrdered && shape.misplaced.length > 0) {
    findings.push(targetFinding('DEVCA_CHAIN_MISPLACED', { positions: positions(shape.misplaced) }));
  }
  if (isOrdered && shape.rootSent !== undefined)
    findings.push(targetFinding('DEVCA_CHAIN_ROOT_SENT', { position: (order[shape.rootSent] ?? 0) + 1 }));
  if (shape.duplicates.length > 0)
    findings.push(targetFinding('DEVCA_CHAIN_DUPLICATE', { positions: positions(shape.duplicates) }));
  if (shape.unrelated.length > 0)
    findings.push(targetFinding('DEVCA_CHAIN_UNRELATED', { positions: positions(shape.unrelated) }));
  return findings;
}
