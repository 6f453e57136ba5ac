import { join } from 'node:path';
import { forShell } from '../../platform/escape.ts';
import type { TrustSession } from '../session.ts';
import type { StoreEntry, StoreExamination, StoreFault } from '../store-examination.ts';
import type { NssDatabase } from './certutil.ts';
import { listEntries, NSS_TRUST } from './nss-database.ts';
import { certificatesIn } from './nss-records.ts';

/** The roots that a person or a tool has made the database trust: a browser keeps many intermediates there besides. */
export async function examineDatabase(
  database: NssDatabase,
  session: TrustSession,
): Promise<StoreExamination> {
  const flags = new Map(
    (await listEntries(database, session)).map(({ nickname, trust }) => [nickname, trust] as const),
  );
  const trusted = certificatesIn(join(database.folder, 'cert9.db'), session).filter(({ nickname }) =>
    /[CT]/.test(flags.get(nickname)?.split(',')[0] ?? ''),
  );
  const entries = trusted.map(({ certificate, nickname }): StoreEntry => {
    const remove = `certutil -D ${place(database)} -n ${forShell(nickname)}`;
    return { certificate, place: nickname, remove };
  });
  const names = [...new Set(trusted.map(({ nickname }) => nickname))];
  return {
    entries,
    faults: names.flatMap((nickname) => broadTrust(nickname, flags.get(nickname) ?? '', database)),
  };
}

/** `T` lets it sign for clients too; the other two fields are e-mail and code. */
function broadTrust(nickname: string, trust: string, database: NssDatabase): readonly StoreFault[] {
  const [server = '', mail = '', code = ''] = trust.split(',');
  const further = [
    ...(server.includes('T') ? ['client certificates'] : []),
    ...(/[CT]/.test(mail) ? ['e-mail'] : []),
    ...(/[CT]/.test(code) ? ['code'] : []),
  ];
  if (further.length === 0) return [];
  return [
    {
      id: 'trust-too-broad',
      severity: 'warning',
      message: `"${nickname}" in "${database.folder}" is trusted for ${further.join(', ')} too (${trust}): for servers, ${NSS_TRUST} is enough`,
      fix: `certutil -M ${place(database)} -n ${forShell(nickname)} -t ${NSS_TRUST}`,
    },
  ];
}

const place = ({ folder }: NssDatabase): string => `-d ${forShell(`sql:${folder}`)}`;
