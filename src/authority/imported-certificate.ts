import type { Certificate } from '../pki/certificate.ts';
import type { RevokedEntry } from '../pki/crl-builder.ts';
import { isReasonCode } from '../pki/extensions/reason-code.ts';
import type { Authority } from './open-authority.ts';

/** Whether verifiers take revocation lists of an issuer: not every authority from elsewhere has the usage for it. */
export const canSignLists = ({ keyUsage }: Certificate): boolean =>
  keyUsage === undefined || keyUsage.includes('cRLSign');

/** What the root of an imported authority had revoked before, of which there is no certificate any more. */
export function revokedBefore({ record }: Pick<Authority, 'record'>): readonly RevokedEntry[] {
  const entries: unknown = record.settings['revokedBefore'];
  if (!Array.isArray(entries)) return [];
  return entries.flatMap((entry: unknown): RevokedEntry[] => {
    const fields = new Map<string, unknown>(Object.entries(Object(entry)));
    const [serialNumber, at, reason] = ['serialNumber', 'revokedAt', 'reason'].map((name) =>
      String(fields.get(name) ?? ''),
    );
    if (serialNumber === undefined || at === undefined || reason === undefined) return [];
    return [{ serialNumber, revokedAt: new Date(at), reason: isReasonCode(reason) ? reason : 'unspecified' }];
  });
}
