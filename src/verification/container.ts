import { DevcaError, isDevcaError } from '../errors/devca-error.ts';
import { parseCertificate } from '../pki/certificate.ts';
import { derKind } from '../pki/der-kind.ts';
import { DerReader, TAG } from '../pki/der-reader.ts';
import { isJks, parseJks } from '../pki/jks.ts';
import { decodePem } from '../pki/pem.ts';
import { parsePkcs7 } from '../pki/pkcs7.ts';
import { type Pkcs12Bag, type Pkcs12Content, parsePkcs12 } from '../pki/pkcs12.ts';
import type { Bundle, Container, PresentedCertificate } from './presented.ts';
import { keyOfDer, keysOfBlocks } from './private-keys.ts';
import { isSecretDocument, readSecretDocument } from './secret-document.ts';

/**
 * Reads whatever holds certificates, by what it is and not by what it is called. `source` names it in errors.
 * Throws DEVCA_TARGET_EMPTY, DEVCA_TARGET_UNRECOGNIZED, DEVCA_CERTIFICATE_NONE, and the errors of each form.
 */
export function readContainer(bytes: Uint8Array, source: string, password?: string): Container {
  if (bytes.length === 0) throw new DevcaError('DEVCA_TARGET_EMPTY', { source });
  if (bytes[0] === TAG.sequence) return readDer(bytes, source, password);
  if (isJks(bytes)) return readJks(bytes, source, password);
  const text = decodeText(bytes, source);
  if (isSecretDocument(text)) return readSecret(text, source);
  return { form: 'pem', bundles: [readPem(text, source)] };
}

/** A certificate that cannot be parsed stays in its place: validation says what is wrong with it. */
export function presentedCertificate(
  der: Uint8Array,
  more: Omit<PresentedCertificate, 'der' | 'certificate'> = {},
): PresentedCertificate {
  try {
    return { der, certificate: parseCertificate(der), ...more };
  } catch (error) {
    if (!isDevcaError(error)) throw error;
    return { der, certificate: undefined, ...more };
  }
}

function readDer(bytes: Uint8Array, source: string, password: string | undefined): Container {
  const kind = derKind(bytes);
  if (kind === 'pkcs7')
    return { form: 'pkcs7', bundles: [plainBundle(requireSome(parsePkcs7(bytes), source, ['PKCS7']))] };
  if (kind === 'pkcs12')
    return { form: 'pkcs12', bundles: pkcs12Bundles(parsePkcs12(bytes, password, source), source) };
  // Certificates one after the other are no format, but there are tools that write and read them.
  const elements = new DerReader(bytes, 'file').readAll((reader) => reader.read(TAG.sequence).der);
  const kinds = elements.map(derKind);
  if (!kinds.includes('certificate')) {
    if (kind !== 'unknown') throw new DevcaError('DEVCA_CERTIFICATE_NONE', { source, labels: [kind] });
    const detail = 'it is DER, but no certificate, PKCS#7 or PKCS#12 file';
    throw new DevcaError('DEVCA_TARGET_UNRECOGNIZED', { source, detail, offset: 0 });
  }
  return {
    form: 'der',
    bundles: [plainBundle(elements.filter((_, index) => kinds[index] === 'certificate'))],
  };
}

function readJks(bytes: Uint8Array, source: string, password: string | undefined): Container {
  const entries = parseJks(bytes, password, source);
  const keyEntries = entries.filter(({ kind, certificates }) => kind === 'key' && certificates.length > 0);
  const trusted = entries.filter(({ kind }) => kind === 'trusted');
  if (keyEntries.length === 0)
    return {
      form: 'jks',
      bundles: [
        plainBundle(
          requireSome(
            trusted.flatMap((entry) => entry.certificates),
            source,
            ['JKS'],
          ),
        ),
      ],
    };
  const bundles = keyEntries.map(({ alias, certificates }) => ({
    label: alias,
    ...plainBundle(certificates),
  }));
  return { form: 'jks', bundles };
}

/** One bundle for each key, with the certificate that belongs to it first; without keys, one for everything. */
function pkcs12Bundles({ certificates, keys }: Pkcs12Content, source: string): Bundle[] {
  if (certificates.length === 0)
    throw new DevcaError('DEVCA_CERTIFICATE_NONE', {
      source,
      labels: keys.length === 0 ? [] : ['PRIVATE KEY'],
    });
  const present = (bag: Pkcs12Bag): PresentedCertificate =>
    presentedCertificate(bag.der, {
      isTrusted: bag.isTrusted,
      ...(bag.localKeyId === undefined ? {} : { keyId: bag.localKeyId }),
    });
  const all = certificates.map(present);
  const paired = keys.filter(({ localKeyId }) =>
    certificates.some((bag) => bag.localKeyId !== undefined && bag.localKeyId === localKeyId),
  );
  const keyOf = (key: Pkcs12Bag) => keyOfDer(key.der, 'PRIVATE KEY', source, key.localKeyId);
  if (paired.length < 2) return [{ certificates: all, keys: keys.map(keyOf) }];
  return paired.map((key) => {
    const own = all.filter(({ keyId }) => keyId === key.localKeyId);
    const others = all.filter(({ keyId }) => keyId === undefined);
    return {
      label: key.friendlyName ?? key.localKeyId ?? '',
      certificates: [...own, ...others],
      keys: [keyOf(key)],
    };
  });
}

function readSecret(text: string, source: string): Container {
  const values = readSecretDocument(text, source);
  const bundles: Bundle[] = [];
  for (const { secret, key, bytes, line } of values) {
    // By convention the roots that clients of this server trust, and no part of what it serves.
    if (key === 'ca.crt' || key === 'tls.key') continue;
    const content = Buffer.from(bytes).toString('utf8');
    if (!content.includes('-----BEGIN ')) {
      if (key === 'tls.crt')
        throw new DevcaError('DEVCA_SECRET_INVALID', { source, reason: '"tls.crt" is no PEM', line });
      continue;
    }
    const name = `${source} (${[secret, key].filter((part) => part !== '').join(' ')})`;
    const blocks = decodePem(content, name);
    const certificates = certificatesOf(blocks, name).map((certificate) => ({ ...certificate, line }));
    if (certificates.length === 0 && key !== 'tls.crt') continue;
    if (certificates.length === 0)
      throw new DevcaError('DEVCA_CERTIFICATE_NONE', { source: name, labels: labelsOf(blocks) });
    const ownKey =
      key === 'tls.crt'
        ? values.find((value) => value.secret === secret && value.key === 'tls.key')
        : undefined;
    const keys =
      ownKey === undefined
        ? []
        : keysOfBlocks(
            decodePem(Buffer.from(ownKey.bytes).toString('utf8'), `${source} (tls.key)`),
            'tls.key',
          );
    bundles.push({
      label: [secret, key].filter((part) => part !== '').join(' '),
      certificates,
      keys: [...keys, ...keysOfBlocks(blocks, name)],
    });
  }
  if (bundles.length === 0)
    throw new DevcaError('DEVCA_CERTIFICATE_NONE', { source, labels: values.map(({ key }) => key) });
  return { form: 'kubernetes', bundles };
}

function readPem(text: string, source: string): Bundle {
  const blocks = decodePem(text, source);
  const certificates = certificatesOf(blocks, source);
  if (certificates.length > 0) return { certificates, keys: keysOfBlocks(blocks, source) };
  if (blocks.length > 0) throw new DevcaError('DEVCA_CERTIFICATE_NONE', { source, labels: labelsOf(blocks) });
  const detail = /^[A-Za-z0-9+/=\s]+$/.test(text)
    ? 'it is base64 without "-----BEGIN CERTIFICATE-----" around it'
    : 'it is text without a PEM block';
  throw new DevcaError('DEVCA_TARGET_UNRECOGNIZED', { source, detail, offset: 0 });
}

function certificatesOf(blocks: ReturnType<typeof decodePem>, source: string): PresentedCertificate[] {
  return blocks.flatMap(({ label, der, line }) => {
    if (label === 'CERTIFICATE' || label === 'X509 CERTIFICATE') return [presentedCertificate(der, { line })];
    // OpenSSL's own form: a certificate, and what it is trusted for after it.
    if (label === 'TRUSTED CERTIFICATE')
      return [presentedCertificate(new DerReader(der, source).read().der, { line })];
    if (label === 'PKCS7' || label === 'CMS')
      return parsePkcs7(der).map((each) => presentedCertificate(each, { line }));
    return [];
  });
}

const labelsOf = (blocks: readonly { readonly label: string }[]): readonly string[] => [
  ...new Set(blocks.map(({ label }) => label)),
];

/** UTF-8, or the UTF-16 that PowerShell writes. Bytes that are no text at all are refused with their offset. */
function decodeText(bytes: Uint8Array, source: string): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return Buffer.from(bytes.subarray(2)).toString('utf16le');
  const offset = bytes
    .subarray(0, 4096)
    .findIndex((octet) => octet < 0x09 || (octet > 0x0d && octet < 0x20 && octet !== 0x1b));
  if (offset !== -1) {
    const detail = `byte 0x${(bytes[offset] ?? 0).toString(16).padStart(2, '0')} is no text, and the beginning is no DER`;
    throw new DevcaError('DEVCA_TARGET_UNRECOGNIZED', { source, detail, offset });
  }
  return Buffer.from(bytes).toString('utf8');
}

const plainBundle = (ders: readonly Uint8Array[]): Bundle => ({
  certificates: ders.map((der) => presentedCertificate(der)),
  keys: [],
});

function requireSome(
  ders: readonly Uint8Array[],
  source: string,
  labels: readonly string[],
): readonly Uint8Array[] {
  if (ders.length === 0) throw new DevcaError('DEVCA_CERTIFICATE_NONE', { source, labels });
  return ders;
}
