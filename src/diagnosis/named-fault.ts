import type { Fault, FaultCode } from './fault.ts';
import { faultByCode, faultOfClient } from './fault-table.ts';
import type { Side } from './names-in-text.ts';
import { ownCodeFaults } from './own-code-faults.ts';

/** A fault as another report names it. */
export interface NamedFault {
  readonly code: string;
  readonly title: string;
  /** The likeliest. */
  readonly cause: string;
  readonly fix: string;
}

/** Where a fault is named: the fix is the first that is no advice to run that very command. */
export type Reporter = 'handshake' | 'verify' | 'selftest';

export function nameFault({ code, title, causes, fixes }: Fault, reporter: Reporter): NamedFault {
  const fix = fixes.find((each) => !each.startsWith(`run "devca ${reporter} `)) ?? fixes[0] ?? '';
  return { code, title, cause: causes[0] ?? '', fix };
}

/** The same by its code. */
export function namedFault(code: FaultCode, reporter: Reporter): NamedFault | undefined {
  const fault = faultByCode(code);
  return fault === undefined ? undefined : nameFault(fault, reporter);
}

/** A problem of devca's own, as far as naming its fault needs it. */
export interface OwnProblem {
  readonly code: string;
  /** The certificate that it is about. */
  readonly certificate?: { readonly sha256: string };
  /** The name that was asked for, where the problem is about a name. */
  readonly expected?: string;
}

/**
 * The fault that a problem of devca's own stands for, if any.
 * @param endEntitySha256 of the chain that was verified
 * @param verifier a server verifies the certificate of a client
 */
export function faultOfProblem(
  { code, certificate, expected = '' }: OwnProblem,
  endEntitySha256: string | undefined,
  verifier: Side = 'client',
): FaultCode | undefined {
  const isAbove = certificate !== undefined && certificate.sha256 !== endEntitySha256;
  const isAboutAddress = code.startsWith('DEVCA_NAME_') && ADDRESS.test(expected);
  const special = isAbove ? ABOVE_END_ENTITY[code] : isAboutAddress ? 'DEVCA_FAULT_IP_MISMATCH' : undefined;
  const fault = special ?? ownCodeFaults[code];
  return fault !== undefined && verifier === 'server' ? faultOfClient(fault) : fault;
}

/** Four numbers, or hexadecimal with two colons. */
const ADDRESS = /^(\d+\.){3}\d+$|^[\da-f]*:[\da-f.]*:/i;

/** What is missing above what was sent with the end entity is the root, which nobody has to send. */
const ABOVE_END_ENTITY: Readonly<Record<string, FaultCode>> = {
  DEVCA_PATH_MISSING_INTERMEDIATE: 'DEVCA_FAULT_UNKNOWN_CA',
  DEVCA_PATH_EXPIRED: 'DEVCA_FAULT_ISSUER_EXPIRED',
};
