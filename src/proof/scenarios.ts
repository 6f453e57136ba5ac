import { type End, otherEnd, type TlsVersion } from './peer.ts';
import type { Defect, Scenario } from './scenario.ts';
import type { Reason } from './seen.ts';

const BOTH: readonly TlsVersion[] = ['TLSv1.3', 'TLSv1.2'];
const ENDS: readonly End[] = ['server', 'client'];

/** What the subject must be accepted in, for each end that it may play. */
const ACCEPTED: readonly Pick<Scenario, 'id' | 'title' | 'resumes' | 'negotiates' | 'checksCrls'>[] = [
  { id: 'mutual-tls', title: 'mutual TLS' },
  { id: 'resumption', title: 'resumption of a session', resumes: true },
  { id: 'alpn', title: 'negotiation of a protocol (ALPN)', negotiates: true },
  { id: 'revocation-checked', title: 'mutual TLS with revocation checked', checksCrls: true },
];

/** What must be refused, whichever end shows it. */
const REFUSED: readonly { readonly defect: Defect; readonly reason: Reason; readonly title: string }[] = [
  { defect: 'foreign-ca', reason: 'unknown-ca', title: 'of a foreign CA with the same names' },
  { defect: 'forged-ca', reason: 'signature-invalid', title: 'of a CA that claims to be the real one' },
  { defect: 'self-signed', reason: 'self-signed', title: 'that signed its own certificate' },
  { defect: 'expired', reason: 'expired', title: 'whose certificate has expired' },
  { defect: 'not-yet-valid', reason: 'not-yet-valid', title: 'whose certificate is not yet valid' },
  { defect: 'wrong-usage', reason: 'wrong-usage', title: 'with a certificate for the other end' },
  {
    defect: 'missing-intermediate',
    reason: 'missing-intermediate',
    title: 'that leaves out the intermediate',
  },
  { defect: 'outside-constraint', reason: 'outside-constraint', title: 'with a name outside the constraint' },
  { defect: 'revoked', reason: 'revoked', title: 'whose certificate was revoked' },
];

/** Every scenario, in the order of the report. Which of them apply depends on the subject. */
export const SCENARIOS: readonly Scenario[] = [
  ...ENDS.flatMap((end) =>
    ACCEPTED.map(
      (row): Scenario => ({
        ...row,
        expected: 'accepted',
        server: end === 'server' ? 'subject' : 'counterpart',
        client: end === 'client' ? 'subject' : 'counterpart',
        judge: otherEnd(end),
        versions: BOTH,
      }),
    ),
  ),
  {
    id: 'every-name',
    title: 'every name of the certificate',
    expected: 'accepted',
    server: 'subject',
    client: 'counterpart',
    judge: 'client',
    versions: ['TLSv1.3'],
    demands: 'every-name',
  },
  {
    id: 'no-client-certificate',
    title: 'a client without a certificate',
    expected: 'no-client-certificate',
    server: 'sound',
    client: 'no-certificate',
    judge: 'server',
    versions: BOTH,
  },
  {
    id: 'wrong-name',
    title: 'a server under a name that it does not have',
    expected: 'wrong-name',
    server: 'sound',
    client: 'sound',
    judge: 'client',
    versions: BOTH,
    demands: 'another-name',
  },
  ...REFUSED.flatMap(({ defect, reason, title }) =>
    ENDS.map(
      (end): Scenario => ({
        id: `${defect}-${end}`,
        title: `a ${end} ${title}`,
        expected: reason,
        server: end === 'server' ? defect : 'sound',
        client: end === 'client' ? defect : 'sound',
        judge: otherEnd(end),
        versions: BOTH,
        ...(defect === 'revoked' ? { checksCrls: true } : {}),
      }),
    ),
  ),
  {
    id: 'tls-1.1',
    title: 'a client that speaks TLS 1.1',
    expected: 'protocol-version',
    server: 'sound',
    client: 'sound',
    judge: 'server',
    versions: ['TLSv1.1'],
  },
];
