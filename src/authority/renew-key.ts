import { DevcaError } from '../errors/devca-error.ts';
import type { CertificateRecord } from '../inventory/certificates.ts';
import type { DeliveryRecord } from '../inventory/deliveries.ts';
import type { Certificate } from '../pki/certificate.ts';
import type { PrivateKey } from '../pki/key.ts';
import type { World } from '../platform/world.ts';
import { deliveredKey, type KeyDefect } from './delivered-key.ts';
import { described } from './due.ts';
import { keepsFile } from './renew-files.ts';

/**
 * The key of a certificate that is to be renewed, or `undefined` where devca never had it.
 * Throws DEVCA_RENEWAL_KEY, DEVCA_RENEWAL_PASSWORD and DEVCA_PASSWORD_WRONG.
 */
export function keyOfCertificate(
  record: CertificateRecord,
  certificate: Certificate,
  files: readonly DeliveryRecord[],
  password: string | undefined,
  world: World,
): PrivateKey | undefined {
  const passwords = password === undefined ? [] : [password];
  const read = (some: readonly DeliveryRecord[]) => deliveredKey(certificate, some, passwords, world);
  // A file of the key alone stays as it is: what is in it has to be the key of the next certificate too.
  for (const file of files.filter(keepsFile)) {
    const own = read([file]);
    if (own !== undefined && 'defect' in own && own.defect.kind !== 'missing')
      throw refusal(record, own.defect);
  }
  const found = read(files);
  if (found !== undefined && 'defect' in found) throw refusal(record, found.defect);
  return found?.key;
}

function refusal(record: CertificateRecord, { kind, path, error }: KeyDefect): DevcaError {
  const refuse = (reason: string) =>
    new DevcaError('DEVCA_RENEWAL_KEY', { ...described(record), path, reason }, { cause: error });
  switch (kind) {
    case 'missing':
      return refuse('is gone');
    case 'other-key':
      return refuse('holds another key by now');
    case 'password':
      return new DevcaError('DEVCA_RENEWAL_PASSWORD', { ...described(record), path });
    case 'wrong-password':
      return error ?? new DevcaError('DEVCA_PASSWORD_WRONG', { source: path });
    case 'unreadable':
      return refuse(`is not the key any more (${error?.message ?? ''})`);
    default:
      throw new DevcaError('DEVCA_INTERNAL', { detail: `a file that is ${kind satisfies never}` });
  }
}
