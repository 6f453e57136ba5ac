import { type Certificate, isCa } from '../pki/certificate.ts';
import type { CertificateRevocationList } from '../pki/crl.ts';
import { findExtension } from '../pki/extensions/extension.ts';
import type { GeneralSubtree } from '../pki/extensions/name-constraints.ts';
import { bytesEqual } from '../pki/fingerprint.ts';
import type { GeneralNameKind } from '../pki/general-name.ts';
import { publicKeyObject } from '../pki/key.ts';
import { attributeValues, commonNameOf, nameEquals } from '../pki/name.ts';
import { formatName } from '../pki/name-text.ts';
import { OID } from '../pki/oid.ts';
import { compileSubtree, readConstrainedName } from '../validation/name-subtree.ts';
import type { Form, PresentedCertificate } from './presented.ts';
import type { TargetProblem } from './target-problems.ts';

/** What a client is known to do with this very chain that the verdict does not say. */
export interface ConsumerNote {
  readonly consumer: string;
  /** `refuses` where devca may accept, `accepts` where devca may refuse, `limits` where a feature is at stake. */
  readonly effect: 'refuses' | 'accepts' | 'limits';
  readonly message: string;
}

/** The facts that the table looks at. */
export interface ConsumerFacts {
  readonly endEntity: Certificate;
  /** The best path, end entity first; it may end below an anchor. */
  readonly path: readonly Certificate[];
  readonly presented: readonly PresentedCertificate[];
  readonly form: Form;
  readonly hasKey: boolean;
  readonly purpose: 'server' | 'client' | 'any';
  readonly problems: readonly TargetProblem[];
  readonly crls: readonly CertificateRevocationList[];
}

/** The notes that are facts for this chain, in the order of the table. */
export function consumerNotes(facts: ConsumerFacts): readonly ConsumerNote[] {
  return CONSUMERS.flatMap(({ consumer, effect, note }) => {
    const message = note(facts);
    return message === undefined ? [] : [{ consumer, effect, message }];
  });
}

interface ConsumerRow {
  readonly consumer: string;
  readonly effect: ConsumerNote['effect'];
  /** Undefined where it is not so for this chain. */
  readonly note: (facts: ConsumerFacts) => string | undefined;
}

const when = (condition: boolean, message: string): string | undefined => (condition ? message : undefined);

/** One row for each difference. Where it was not seen in the client itself, the row links what says so. */
const CONSUMERS: readonly ConsumerRow[] = [
  {
    // https://support.apple.com/103769: for every root, also those that a user has added.
    consumer: 'Apple',
    effect: 'refuses',
    note: ({ endEntity, purpose }) => {
      const days = lifetimeDays(endEntity);
      return when(
        purpose === 'server' && days > 825,
        `Safari, iOS and macOS take a server certificate for at most 825 days, and this one is valid for ${days}`,
      );
    },
  },
  {
    consumer: 'Apple',
    effect: 'refuses',
    note: ({ endEntity, purpose }) =>
      when(
        purpose === 'server' && endEntity.extendedKeyUsage === undefined,
        'Safari, iOS and macOS want an extended key usage with serverAuth, and this one has none',
      ),
  },
  {
    consumer: 'Chromium',
    effect: 'refuses',
    note: ({ endEntity, purpose }) => {
      const key = KEYS_THAT_CHROMIUM_LACKS[keyName(endEntity)];
      return when(
        purpose === 'server' && key !== undefined,
        `Chrome and Edge offer no signatures by ${key} keys: ERR_SSL_VERSION_OR_CIPHER_MISMATCH`,
      );
    },
  },
  {
    consumer: 'Firefox',
    effect: 'refuses',
    note: ({ endEntity, purpose }) => {
      const key = KEYS_THAT_FIREFOX_LACKS[keyName(endEntity)];
      return when(
        purpose === 'server' && key !== undefined,
        `Firefox offers no signatures by ${key} keys: SSL_ERROR_NO_CYPHER_OVERLAP`,
      );
    },
  },
  {
    consumer: 'Chromium, Firefox, curl',
    effect: 'refuses',
    note: ({ endEntity }) => {
      const pattern = namesOf(endEntity, 'dNSName').find((name) => /^\*\.[^.]+$/.test(name));
      return when(
        pattern !== undefined,
        `"${pattern}" matches nothing there: they take no wildcard directly above a single label`,
      );
    },
  },
  {
    consumer: 'Chromium, Firefox, Go',
    effect: 'refuses',
    note: ({ endEntity, purpose }) =>
      when(
        purpose === 'server' && hasHostInCommonNameOnly(endEntity),
        'the common name is not read, and there is no name in the subjectAltName',
      ),
  },
  {
    consumer: 'OpenSSL, curl, Java, Node, Python',
    effect: 'accepts',
    note: ({ endEntity, purpose }) =>
      when(
        purpose === 'server' && hasHostInCommonNameOnly(endEntity),
        'where there is no dNSName, they still read the host from the common name',
      ),
  },
  {
    consumer: 'Firefox, rustls',
    effect: 'refuses',
    note: ({ endEntity }) =>
      when(isCa(endEntity), "an authority's certificate is taken for no end entity (OpenSSL and Go take it)"),
  },
  {
    consumer: 'Chromium, Firefox, rustls, pyca/cryptography',
    effect: 'refuses',
    note: ({ endEntity, path }) =>
      when(
        namesOf(endEntity, 'uniformResourceIdentifier').length > 0 &&
          isConstrained(path, 'uniformResourceIdentifier'),
        'a URI name below a constraint on URIs, such as a SPIFFE id, is refused whatever the two say',
      ),
  },
  {
    consumer: 'OpenSSL',
    effect: 'refuses',
    note: ({ endEntity, path }) => {
      const address = attributeValues(endEntity.subject, 'emailAddress').find((each) =>
        isOutside(each, path),
      );
      return when(
        endEntity.subjectAltName !== undefined && address !== undefined,
        `the e-mail address "${address}" in the subject lies outside the constraint: beside a subjectAltName it does not count (RFC 5280 section 4.2.1.10), but there it does`,
      );
    },
  },
  {
    consumer: 'BoringSSL (Bun, gRPC wheels, Envoy, Electron)',
    effect: 'refuses',
    note: ({ endEntity, path }) =>
      when(
        namesOf(endEntity, 'iPAddress').length > 0 && isConstrained(path, 'iPAddress'),
        'an address below a constraint on addresses is refused whatever the two say',
      ),
  },
  {
    consumer: 'Java',
    effect: 'accepts',
    note: ({ path, problems }) =>
      when(
        problems.some(({ code }) => code.startsWith('DEVCA_CONSTRAINT_')) &&
          path.at(-1)?.nameConstraints !== undefined &&
          path.slice(1, -1).every(({ nameConstraints }) => nameConstraints === undefined),
        'constraints in the root itself are not applied there',
      ),
  },
  {
    // Finding of the keytool source: https://bugs.openjdk.org/browse/JDK-6415637.
    consumer: 'Java',
    effect: 'refuses',
    note: ({ form, hasKey, presented }) =>
      when(
        form === 'pkcs12' && !hasKey && presented.some(({ isTrusted }) => isTrusted !== true),
        'as a trust store this file is empty: its certificates lack the attribute 2.16.840.1.113894.746875.1.1 that keytool writes',
      ),
  },
  {
    // https://docs.python.org/3/whatsnew/3.13.html#ssl
    consumer: 'Python 3.13',
    effect: 'refuses',
    note: ({ path }) => {
      const detail = strictDetail(path);
      return when(detail !== undefined, `its default context sets VERIFY_X509_STRICT, and ${detail}`);
    },
  },
  {
    consumer: 'PostgreSQL',
    effect: 'refuses',
    note: ({ endEntity }) =>
      when(
        endEntity.extendedKeyUsage?.includes(OID.clientAuth) === true &&
          endEntity.extendedKeyUsage.includes(OID.serverAuth) === false &&
          commonNameOf(endEntity.subject) === undefined,
        'the method "cert" maps the common name to a user, and this certificate has none',
      ),
  },
  {
    consumer: 'Firefox, Chromium',
    effect: 'accepts',
    note: ({ problems, path }) =>
      when(
        path.length === 1 && problems.some(({ code }) => code === 'DEVCA_PATH_MISSING_INTERMEDIATE'),
        'a browser that has seen the intermediate elsewhere may accept it; OpenSSL, Go, Java and Node never do',
      ),
  },
  {
    consumer: 'OpenSSL at security level 2',
    effect: 'refuses',
    note: ({ path }) => {
      const small = path.find((certificate) => (rsaBits(certificate) ?? 2048) < 2048);
      return when(
        small !== undefined,
        `Debian and Ubuntu refuse RSA below 2048 bits, and one key here has ${small === undefined ? 0 : rsaBits(small)}`,
      );
    },
  },
  {
    // https://curl.se/docs/manpage.html#--ssl-revoke-best-effort
    consumer: 'Windows (Schannel)',
    effect: 'limits',
    note: ({ path, purpose }) =>
      when(
        purpose === 'server' &&
          path.slice(0, -1).some((c) => c.cRLDistributionPoints === undefined && !hasOcsp(c)),
        'it names no place for revocation lists: curl and others with Schannel ask for --ssl-no-revoke or --ssl-revoke-best-effort',
      ),
  },
  {
    consumer: 'nginx, Apache, HAProxy, PostgreSQL',
    effect: 'limits',
    note: ({ path, crls }) => {
      const missing = path
        .slice(1)
        .find(({ subject }) => !crls.some(({ issuer }) => nameEquals(issuer, subject)));
      return when(
        crls.length > 0 && missing !== undefined,
        `they check the whole chain, and these revocation lists have none of "${missing === undefined ? '' : formatName(missing.subject)}"`,
      );
    },
  },
  {
    // https://www.w3.org/TR/webtransport/#custom-certificate-requirements
    consumer: 'Chromium (WebTransport)',
    effect: 'limits',
    note: ({ endEntity, purpose }) => {
      const isShort = (endEntity.notAfter.getTime() - endEntity.notBefore.getTime()) / DAY_MS <= 14;
      const isEcdsa = endEntity.publicKeyAlgorithm.oid === OID.ecPublicKey;
      return when(
        purpose === 'server' && (!isShort || !isEcdsa),
        isEcdsa
          ? `serverCertificateHashes takes a certificate for at most 14 days, and this one is valid for ${lifetimeDays(endEntity)}`
          : 'serverCertificateHashes takes ECDSA keys only, for at most 14 days',
      );
    },
  },
];

const DAY_MS = 86_400_000;

/** Both ends are inclusive (RFC 5280 section 4.1.2.5), so that a begun day counts. */
const lifetimeDays = ({ notBefore, notAfter }: Certificate): number =>
  Math.ceil((notAfter.getTime() - notBefore.getTime() + 1000) / DAY_MS);

const KEYS_THAT_CHROMIUM_LACKS: Readonly<Record<string, string>> = {
  [OID.ed25519]: 'Ed25519',
  [OID.ed448]: 'Ed448',
  [OID.p521]: 'P-521',
};

const KEYS_THAT_FIREFOX_LACKS: Readonly<Record<string, string>> = {
  [OID.ed25519]: 'Ed25519',
  [OID.ed448]: 'Ed448',
};

/** The curve, else the algorithm, as an object identifier. */
function keyName({ publicKeyAlgorithm: { oid, parameters } }: Certificate): string {
  if (oid !== OID.ecPublicKey || parameters === undefined) return oid;
  return bytesEqual(parameters, P521_PARAMETERS) ? OID.p521 : oid;
}

/** The DER of the object identifier 1.3.132.0.35. */
const P521_PARAMETERS = Uint8Array.of(0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x23);

const namesOf = ({ subjectAltName }: Certificate, kind: GeneralNameKind): string[] =>
  (subjectAltName ?? []).flatMap((name) => (name.kind === kind && 'value' in name ? [name.value] : []));

function hasHostInCommonNameOnly(certificate: Certificate): boolean {
  const hasName = (certificate.subjectAltName ?? []).some(
    ({ kind }) => kind === 'dNSName' || kind === 'iPAddress',
  );
  return !hasName && /^(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)*$/i.test(commonNameOf(certificate.subject) ?? '');
}

/** Whether a constraint on the path does not permit an e-mail address, or excludes it. */
function isOutside(address: string, path: readonly Certificate[]): boolean {
  const name = readConstrainedName({ kind: 'rfc822Name', value: address });
  if (name === undefined) return false;
  const holds = (subtree: GeneralSubtree, isExcluded: boolean) =>
    compileSubtree(subtree, isExcluded)?.(name) === 'within';
  return path.slice(1).some(({ nameConstraints }) => {
    const { permitted = [], excluded = [] } = nameConstraints ?? {};
    const ofKind = permitted.filter(({ base }) => base.kind === 'rfc822Name');
    return (
      (ofKind.length > 0 && !ofKind.some((subtree) => holds(subtree, false))) ||
      excluded.some((subtree) => holds(subtree, true))
    );
  });
}

const isConstrained = (path: readonly Certificate[], kind: GeneralNameKind): boolean =>
  path
    .slice(1)
    .some(({ nameConstraints }) =>
      [...(nameConstraints?.permitted ?? []), ...(nameConstraints?.excluded ?? [])].some(
        ({ base }) => base.kind === kind,
      ),
    );

const hasOcsp = ({ authorityInfoAccess }: Certificate): boolean =>
  authorityInfoAccess?.some(({ method }) => method === OID.ocsp) === true;

/** What OpenSSL's X509_V_FLAG_X509_STRICT refuses: X509_V_ERR 85 to 94. */
function strictDetail(path: readonly Certificate[]): string | undefined {
  for (const [index, certificate] of path.entries()) {
    const isSelfIssued = nameEquals(certificate.subject, certificate.issuer);
    if (index < path.length - 1 && !isSelfIssued && certificate.authorityKeyIdentifier === undefined)
      return 'a certificate here has no authorityKeyIdentifier';
    if (!isCa(certificate) || certificate.version !== 3) continue;
    if (certificate.subjectKeyIdentifier === undefined)
      return 'an authority here has no subjectKeyIdentifier';
    if (certificate.keyUsage === undefined) return 'an authority here has no key usage';
    if (findExtension(certificate.extensions, OID.basicConstraints)?.critical !== true)
      return 'the basicConstraints of an authority here are not critical';
  }
  return undefined;
}

function rsaBits({ publicKeyAlgorithm, subjectPublicKeyInfo }: Certificate): number | undefined {
  if (publicKeyAlgorithm.oid !== OID.rsaEncryption) return undefined;
  try {
    const key = publicKeyObject(subjectPublicKeyInfo);
    return key.asymmetricKeyDetails?.modulusLength;
  } catch {
    // A key that the runtime cannot read has a problem of its own.
    return undefined;
  }
}
