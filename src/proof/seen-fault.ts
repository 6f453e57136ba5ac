import type { FaultCode } from '../diagnosis/fault.ts';
import { faultOfClient } from '../diagnosis/fault-table.ts';
import { faultOfAlert, faultOfNodeError } from '../diagnosis/lookup.ts';
import { type NamedFault, namedFault, nameFault } from '../diagnosis/named-fault.ts';
import type { End } from './peer.ts';
import type { Observation, Reason } from './seen.ts';

/** What an end that saw this has met, by the fault table. */
export function faultSeenBy(end: End, { seen, detail = '' }: Observation): NamedFault | undefined {
  if (seen === 'accepted') return undefined;
  const known = OF_SEEN[seen];
  if (known !== undefined) return namedFault(end === 'server' ? faultOfClient(known) : known, 'selftest');
  const [kind = '', name = ''] = seen.split(':', 2);
  const [likeliest] = kind === 'alert' ? faultOfAlert(name, end) : faultOfNodeError(name, detail, end);
  return likeliest === undefined ? undefined : nameFault(likeliest.fault, 'selftest');
}

const OF_REASON: Readonly<Record<Reason, FaultCode>> = {
  'no-client-certificate': 'DEVCA_FAULT_CLIENT_CERT_MISSING',
  'unknown-ca': 'DEVCA_FAULT_UNKNOWN_CA',
  'signature-invalid': 'DEVCA_FAULT_SIGNATURE_INVALID',
  'self-signed': 'DEVCA_FAULT_SELF_SIGNED',
  'missing-intermediate': 'DEVCA_FAULT_MISSING_INTERMEDIATE',
  expired: 'DEVCA_FAULT_EXPIRED',
  'not-yet-valid': 'DEVCA_FAULT_NOT_YET_VALID',
  'wrong-name': 'DEVCA_FAULT_NAME_MISMATCH',
  'wrong-usage': 'DEVCA_FAULT_WRONG_EKU',
  'outside-constraint': 'DEVCA_FAULT_NAME_CONSTRAINT',
  revoked: 'DEVCA_FAULT_REVOKED',
  'protocol-version': 'DEVCA_FAULT_VERSION',
};

const OF_SEEN: Readonly<Record<string, FaultCode>> = {
  ...OF_REASON,
  closed: 'DEVCA_FAULT_CLOSED_IN_HANDSHAKE',
  'timed-out': 'DEVCA_FAULT_TIMEOUT',
};
