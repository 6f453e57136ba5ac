import { DevcaError, isDevcaError } from '../../errors/devca-error.ts';
import { type Certificate, isCa, parseCertificate } from '../../pki/certificate.ts';
import { derKind } from '../../pki/der-kind.ts';
import { nameEquals } from '../../pki/name.ts';
import { formatName } from '../../pki/name-text.ts';
import { OID, oidText } from '../../pki/oid.ts';
import { decodePem } from '../../pki/pem.ts';
import type { World } from '../../platform/world.ts';
import { refuseKey } from '../../validation/public-key.ts';
import { isWeakScheme, signatureSchemeOf } from '../../validation/signature-scheme.ts';
import { hasSigned } from './issued-list.ts';
import { readSourceFile } from './source-file.ts';

/** The one certificate of a file, in PEM or DER. Throws DEVCA_IMPORT_* and DEVCA_CERTIFICATE_NONE. */
export function readSourceCertificate(path: string, world: World): Certificate {
  const bytes = readSourceFile(path, world);
  if (derKind(bytes) === 'pkcs12') throw new DevcaError('DEVCA_IMPORT_PKCS12', { path });
  if (bytes[0] === 0x30) return parse(bytes, path);
  const blocks = decodePem(Buffer.from(bytes).toString('latin1'), path);
  const [block, ...others] = blocks.filter(({ label }) => /^(X509 )?CERTIFICATE$/.test(label));
  if (block === undefined) {
    const labels = [...new Set(blocks.map(({ label }) => label))];
    throw new DevcaError('DEVCA_CERTIFICATE_NONE', { source: path, labels });
  }
  if (others.length > 0)
    throw unfit(path, [`it has ${others.length + 1} certificates in it, and one is wanted`]);
  return parse(block.der, path);
}

/** Throws DEVCA_IMPORT_UNFIT with everything that keeps a certificate from being the root of an authority. */
export function checkRoot(root: Certificate, path: string, now: Date): void {
  const isSelfSigned = nameEquals(root.subject, root.issuer);
  const reasons = [
    ...unfitness(root, now),
    ...(isSelfSigned || !isCa(root)
      ? []
      : [
          `it is an intermediate, signed by "${formatName(root.issuer)}": give that root with --cert and the intermediate with --intermediate`,
        ]),
    ...(isSelfSigned && signatureReason(root) === undefined && !hasSigned(root, root)
      ? ['its signature does not hold, so it was changed']
      : []),
  ];
  if (reasons.length > 0) throw unfit(path, reasons);
}

/** The same for an intermediate below that root. */
export function checkIntermediate(
  intermediate: Certificate,
  root: Certificate,
  path: string,
  now: Date,
): void {
  const reasons = [
    ...unfitness(intermediate, now),
    ...(hasSigned(root, intermediate) ? [] : [`the root "${formatName(root.subject)}" has not signed it`]),
    ...(root.basicConstraints?.pathLenConstraint === 0
      ? ['the root may have no intermediate below it (path length 0)']
      : []),
  ];
  if (reasons.length > 0) throw unfit(path, reasons);
}

export const unfit = (path: string, reasons: readonly string[]): DevcaError =>
  new DevcaError('DEVCA_IMPORT_UNFIT', { path, reasons });

function parse(der: Uint8Array, path: string): Certificate {
  try {
    return parseCertificate(der);
  } catch (cause) {
    if (!isDevcaError(cause)) throw cause;
    throw unfit(path, [cause.message]);
  }
}

function unfitness(certificate: Certificate, now: Date): readonly string[] {
  const { keyUsage, notBefore, notAfter, publicKeyAlgorithm } = certificate;
  const key = refuseKey(certificate, 'webpki');
  const signature = signatureReason(certificate);
  return [
    ...(isCa(certificate)
      ? []
      : ['it is not the certificate of an authority (basicConstraints do not say CA:TRUE)']),
    ...(keyUsage === undefined || keyUsage.includes('keyCertSign')
      ? []
      : ['its key usage has no keyCertSign, so it may not sign certificates']),
    ...(notAfter < now ? [`it has ended on ${notAfter.toISOString()}`] : []),
    ...(notBefore > now ? [`it begins on ${notBefore.toISOString()}: is the clock right?`] : []),
    ...(key === undefined ? [] : [`its key is ${key.key}, which clients refuse; they take ${key.expected}`]),
    ...(key === undefined && publicKeyAlgorithm.oid === OID.ed25519
      ? ['its key is Ed25519, and browsers refuse what such a key signs']
      : []),
    ...(signature === undefined ? [] : [signature]),
  ];
}

function signatureReason({ signatureAlgorithm }: Certificate): string | undefined {
  const scheme = signatureSchemeOf(signatureAlgorithm);
  const algorithm = oidText(signatureAlgorithm.oid);
  if ('unsupported' in scheme)
    return `its signature algorithm ${algorithm} is not supported: ${scheme.unsupported}`;
  return isWeakScheme(scheme, { policy: 'webpki', wanted: [OID.serverAuth] })
    ? `it is signed with ${algorithm}, which can be forged, and which clients refuse`
    : undefined;
}
