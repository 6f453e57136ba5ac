import { buildCertificate } from '../../../src/pki/certificate-builder.ts';
import { encodeBasicConstraints } from '../../../src/pki/extensions/basic-constraints.ts';
import { encodeExtendedKeyUsage } from '../../../src/pki/extensions/extended-key-usage.ts';
import { encodeKeyUsage } from '../../../src/pki/extensions/key-usage.ts';
import { encodeSubjectAltName } from '../../../src/pki/extensions/subject-alt-name.ts';
import { type GeneralName, ipGeneralName } from '../../../src/pki/general-name.ts';
import { exportPkcs8Pem, generateKey, type KeyType, type PrivateKey } from '../../../src/pki/key.ts';
import { buildName, type DistinguishedName } from '../../../src/pki/name.ts';
import { OID } from '../../../src/pki/oid.ts';
import { encodePem } from '../../../src/pki/pem.ts';
import { createSigner } from '../../../src/pki/signer.ts';

/** A certificate with its key, and those that signed it. */
export interface TestCertificate {
  readonly der: Uint8Array;
  readonly pem: string;
  readonly keyPem: string;
  readonly key: PrivateKey;
  readonly subject: DistinguishedName;
}

export interface TestCertificateOptions {
  readonly commonName: string;
  readonly issuer?: TestCertificate;
  readonly ca?: boolean;
  readonly names?: readonly string[];
  readonly purposes?: readonly ('serverAuth' | 'clientAuth')[];
  readonly keyType?: KeyType;
  readonly notBefore?: Date;
  readonly notAfter?: Date;
}

const HOUR = 3_600_000;

let serial = 1;

/** A certificate for tests; what a test is about is given, the rest is sound. */
export function makeCertificate(options: TestCertificateOptions): TestCertificate {
  const key = generateKey(options.keyType ?? 'ec-p256');
  const subject = buildName([{ type: 'commonName', value: options.commonName }]);
  const names = (options.names ?? []).map(
    (value): GeneralName => ipGeneralName(value) ?? { kind: 'dNSName', value },
  );
  serial++;
  const extensions = [
    { oid: OID.basicConstraints, critical: true, value: encodeBasicConstraints({ cA: options.ca ?? false }) },
    {
      oid: OID.keyUsage,
      critical: true,
      value: encodeKeyUsage(options.ca === true ? ['keyCertSign', 'cRLSign'] : ['digitalSignature']),
    },
    ...(names.length === 0
      ? []
      : [{ oid: OID.subjectAltName, critical: false, value: encodeSubjectAltName(names) }]),
    ...(options.ca === true
      ? []
      : [
          {
            oid: OID.extKeyUsage,
            critical: false,
            value: encodeExtendedKeyUsage((options.purposes ?? ['serverAuth']).map((name) => OID[name])),
          },
        ]),
  ];
  const der = buildCertificate(
    {
      serialNumber: serial.toString(16).padStart(2, '0'),
      issuer: options.issuer?.subject ?? subject,
      subject,
      notBefore: options.notBefore ?? new Date(Date.now() - HOUR),
      notAfter: options.notAfter ?? new Date(Date.now() + 24 * HOUR),
      subjectPublicKeyInfo: key.subjectPublicKeyInfo,
      extensions,
    },
    createSigner(options.issuer?.key ?? key),
  );
  return { der, pem: encodePem('CERTIFICATE', der), keyPem: exportPkcs8Pem(key), key, subject };
}

/** A root and an intermediate, as devca makes them. */
export function makeAuthority(name = 'wire test'): { root: TestCertificate; intermediate: TestCertificate } {
  const root = makeCertificate({ commonName: `${name} root`, ca: true });
  return {
    root,
    intermediate: makeCertificate({ commonName: `${name} intermediate`, ca: true, issuer: root }),
  };
}
