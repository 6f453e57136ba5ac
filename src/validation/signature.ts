import { constants, type KeyObject, verify } from 'node:crypto';
import type { AlgorithmIdentifier } from '../pki/algorithm.ts';
import type { Certificate } from '../pki/certificate.ts';
import { bytesToHex } from '../pki/fingerprint.ts';
import { formatName } from '../pki/name-text.ts';
import { oidText } from '../pki/oid.ts';
import { type Budget, boundFinding } from './budget.ts';
import { type Finding, finding } from './problem.ts';
import { keyObjectOf } from './public-key.ts';
import { isWeakScheme, type SchemeUse, type SignatureScheme, signatureSchemeOf } from './signature-scheme.ts';

/** What a signature covers, and the signature: a certificate or a revocation list. */
export interface Signed {
  readonly tbs: Uint8Array;
  readonly signature: Uint8Array;
  readonly signatureAlgorithm: AlgorithmIdentifier;
}

export type SignatureVerdict = 'valid' | 'invalid' | 'over-budget' | { readonly unsupported: string };

/** Checks signatures, each once, within the bounds of one verification. */
export class SignatureChecker {
  readonly #budget: Budget;
  /** By what was signed and by the key, which several issuers may have. */
  readonly #verdicts = new Map<Signed, Map<string, SignatureVerdict>>();

  constructor(budget: Budget) {
    this.#budget = budget;
  }

  /** Whether the key of `issuer` made the signature. `parameters` stand for those that a DSA key leaves out. */
  check(signed: Signed, issuer: Certificate, parameters?: Uint8Array): SignatureVerdict {
    const scheme = signatureSchemeOf(signed.signatureAlgorithm);
    if ('unsupported' in scheme) return scheme;
    if (!scheme.keyAlgorithms.includes(issuer.publicKeyAlgorithm.oid)) return 'invalid';
    const known = this.#verdicts.get(signed) ?? new Map<string, SignatureVerdict>();
    this.#verdicts.set(signed, known);
    const keyText = bytesToHex(issuer.subjectPublicKeyInfo) + bytesToHex(parameters ?? new Uint8Array());
    let verdict = known.get(keyText);
    if (verdict === undefined) {
      if (!this.#budget.spend('signatures')) return 'over-budget';
      const key = keyObjectOf(issuer, parameters);
      verdict =
        key === undefined
          ? { unsupported: "the issuer's key cannot be read" }
          : verifyWith(key, signed, scheme);
      known.set(keyText, verdict);
    }
    return verdict;
  }
}

/** What is wrong with the algorithm that signed something, whoever signed it. */
export function checkSignatureAlgorithm(
  { signatureAlgorithm }: Signed,
  use: SchemeUse,
  certificate: Certificate,
): Finding[] {
  const scheme = signatureSchemeOf(signatureAlgorithm);
  const algorithm = oidText(signatureAlgorithm.oid);
  if ('unsupported' in scheme) {
    const context = { algorithm, detail: scheme.unsupported };
    return [finding('DEVCA_PATH_ALGORITHM_UNSUPPORTED', context, certificate)];
  }
  return isWeakScheme(scheme, use) ? [finding('DEVCA_PATH_ALGORITHM_WEAK', { algorithm }, certificate)] : [];
}

/** What a verdict means for a certificate; nothing where the algorithm itself is reported already. */
export function signatureFindings(
  certificate: Certificate,
  issuer: Certificate,
  verdict: SignatureVerdict,
): Finding[] {
  if (verdict === 'valid') return [];
  if (verdict === 'over-budget') return [boundFinding('signatures')];
  if (verdict !== 'invalid') {
    const context = { algorithm: oidText(certificate.signatureAlgorithm.oid), detail: verdict.unsupported };
    return [finding('DEVCA_PATH_ALGORITHM_UNSUPPORTED', context, certificate)];
  }
  const expected = certificate.authorityKeyIdentifier?.keyIdentifier;
  const actual = issuer.subjectKeyIdentifier;
  const keys =
    expected === undefined || actual === undefined
      ? {}
      : { expectedKey: bytesToHex(expected), issuerKey: bytesToHex(actual) };
  const context = { issuer: formatName(issuer.subject), ...keys };
  return [finding('DEVCA_PATH_SIGNATURE_INVALID', context, certificate)];
}

function verifyWith(key: KeyObject, { tbs, signature }: Signed, scheme: SignatureScheme): SignatureVerdict {
  const input =
    scheme.saltLength === undefined
      ? key
      : { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: scheme.saltLength };
  try {
    return verify(scheme.hash, tbs, input, signature) ? 'valid' : 'invalid';
  } catch (cause) {
    return { unsupported: cause instanceof Error ? cause.message : 'the crypto library refuses it' };
  }
}
