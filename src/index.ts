/** The library: the same that the command is made of. */
export {
  createEphemeralAuthority,
  type EphemeralAuthority,
  type EphemeralAuthorityOptions,
  type EphemeralIssueOptions,
} from './authority/ephemeral-authority.ts';
export type { EphemeralCertificate } from './authority/ephemeral-certificate.ts';
export type { BulkCertificate, BulkRequest } from './authority/issue-many.ts';
export type { IssuedCertificate } from './authority/issued-certificate.ts';
export type { RenewalOptions, RenewalOutcome } from './authority/renew.ts';
export type { RevocationReason, RevokeOutcome } from './authority/revoke.ts';
export type { FaultMatch } from './diagnosis/fault.ts';
export type { ErrorCode } from './errors/catalogue.ts';
export { DevcaError, isDevcaError } from './errors/devca-error.ts';
export {
  createAuthority,
  importAuthority,
  type LocalAuthority,
  openAuthority,
} from './library/local-authority.ts';
export { explain, inspectHandshake } from './library/questions.ts';
export type { ScenarioResult, SelfTestReport, SubjectReport } from './proof/report.ts';
export { type SelfTestRequest, selfTest } from './proof/self-test.ts';
export type { Problem } from './validation/problem.ts';
export type { VerificationRequest } from './validation/request.ts';
export { type VerificationResult, verifyChain } from './validation/verify-chain.ts';
export type { HandshakeReport } from './wire/handshake-report.ts';
export type { InspectOptions } from './wire/inspect-handshake.ts';
