import { forShell } from '../../platform/escape.ts';
import type { TrustSession } from '../session.ts';
import { isDevcaName } from '../trust-anchor.ts';
import type { StoreStatus } from '../trust-store.ts';
import type { NssDatabase } from './certutil.ts';
import { type NssContents, type NssEntry, refusalOf } from './nss-database.ts';

/** What a database says of an anchor, by NSS's own verifier. */
export async function databaseStatus(
  { ours, others, newTrust }: NssContents,
  database: NssDatabase,
  session: TrustSession,
): Promise<StoreStatus> {
  const fix = installFix(database.id);
  if (ours === undefined) {
    if (newTrust) return { status: 'partial', detail: TRUST_WITHOUT_CERTIFICATE, fix };
    const [other] = others;
    if (other === undefined) return { status: 'not-trusted', detail: 'the root is not in the database', fix };
    return { status: 'different-root', detail: `only "${other.nickname}" is in the database`, fix };
  }
  const refusal = await refusalOf(ours.nickname, database, session);
  if (refusal !== undefined && !newTrust) {
    return { status: 'partial', detail: `"${ours.nickname}" is there, but NSS says: ${refusal}`, fix };
  }
  return { status: 'trusted', detail: describeEntry(ours, refusal !== undefined), fix: '' };
}

/** Seen with Firefox 153 and certutil 3.87: who sends the root along with its certificate is accepted. */
const TRUST_WITHOUT_CERTIFICATE =
  'the root is gone, but the browser keeps a record that trusts it, which holds for servers that send the root along';

export const installFix = (id: string): string => `devca trust install --store ${forShell(id)}`;

function describeEntry({ nickname }: NssEntry, byBrowser: boolean): string {
  if (byBrowser) return `as "${nickname}", which the browser itself made trusted`;
  return isDevcaName(nickname) ? `as "${nickname}"` : `as "${nickname}", which devca did not add`;
}
