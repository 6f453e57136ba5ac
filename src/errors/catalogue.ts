import { authorityErrors } from './authority-errors.ts';
import { browserTrustErrors } from './browser-trust-errors.ts';
import { diagnosisErrors } from './diagnosis-errors.ts';
import type { ErrorEntry } from './entry.ts';
import { formatErrors } from './format-errors.ts';
import { importErrors } from './import-errors.ts';
import { inventoryErrors } from './inventory-errors.ts';
import { issueErrors } from './issue-errors.ts';
import { javaTrustErrors } from './java-trust-errors.ts';
import { keystoreErrors } from './keystore-errors.ts';
import { lifecycleErrors } from './lifecycle-errors.ts';
import { pkiErrors } from './pki-errors.ts';
import { platformErrors } from './platform-errors.ts';
import { proofErrors } from './proof-errors.ts';
import { renewalErrors } from './renewal-errors.ts';
import { revocationErrors } from './revocation-errors.ts';
import { rolloverErrors } from './rollover-errors.ts';
import { runtimeErrors } from './runtime-errors.ts';
import { serverErrors } from './server-errors.ts';
import { storeErrors } from './store-errors.ts';
import { trustErrors } from './trust-errors.ts';
import { usageErrors } from './usage-errors.ts';
import { verifyErrors } from './verify-errors.ts';
import { wireErrors } from './wire-errors.ts';

/** Every error that devca can report, by code. A code is never renamed. */
export const catalogue = {
  ...usageErrors,
  ...platformErrors,
  ...pkiErrors,
  ...authorityErrors,
  ...keystoreErrors,
  ...issueErrors,
  ...formatErrors,
  ...inventoryErrors,
  ...revocationErrors,
  ...renewalErrors,
  ...rolloverErrors,
  ...lifecycleErrors,
  ...importErrors,
  ...trustErrors,
  ...browserTrustErrors,
  ...runtimeErrors,
  ...javaTrustErrors,
  ...storeErrors,
  ...serverErrors,
  ...proofErrors,
  ...wireErrors,
  ...verifyErrors,
  ...diagnosisErrors,
} as const satisfies Record<`DEVCA_${string}`, ErrorEntry<never>>;

export type ErrorCode = keyof typeof catalogue;

export type ErrorContext<Code extends ErrorCode> =
  (typeof catalogue)[Code] extends ErrorEntry<infer Context> ? Context : never;
