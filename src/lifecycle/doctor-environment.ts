import { isDevcaError } from '../errors/devca-error.ts';
import { shellWord } from '../errors/shell-word.ts';
import { sha256Hex } from '../pki/fingerprint.ts';
import { decodePem } from '../pki/pem.ts';
import type { World } from '../platform/world.ts';
import type { DoctorFinding } from './doctor-finding.ts';

/** Variables that name the file of roots which some program trusts in place of, or beside, the system's. */
const BUNDLE_VARIABLES = {
  SSL_CERT_FILE: 'OpenSSL, Go, Ruby and others trust only the roots in',
  CURL_CA_BUNDLE: 'curl trusts only the roots in',
  REQUESTS_CA_BUNDLE: "Python's requests trusts only the roots in",
  PIP_CERT: 'pip trusts only the roots in',
  GIT_SSL_CAINFO: 'git trusts only the roots in',
  AWS_CA_BUNDLE: 'the AWS tools trust only the roots in',
  CARGO_HTTP_CAINFO: 'cargo trusts only the roots in',
  NODE_EXTRA_CA_CERTS: 'beside its own roots, Node trusts those in',
  DENO_CERT: 'beside its own roots, Deno trusts those in',
} as const;

/** Variables that switch verification off, with the value that does. */
const OFF_VARIABLES = {
  NODE_TLS_REJECT_UNAUTHORIZED: /^0$/,
  PYTHONHTTPSVERIFY: /^0$/,
  GIT_SSL_NO_VERIFY: /./,
} as const;

/**
 * Variables of the environment that make programs trust other roots than the stores do. `roots` is the file with the
 * roots, whose fingerprints `sha256` holds.
 */
export function examineEnvironment(
  roots: string,
  sha256: readonly string[],
  world: World,
): readonly DoctorFinding[] {
  const { environment } = world.system;
  const bundles = Object.entries(BUNDLE_VARIABLES).flatMap(([name, meaning]) => {
    const value = environment[name];
    if (value === undefined || value === '') return [];
    const held = fingerprintsIn(value, world);
    if (typeof held !== 'string' && sha256.every((wanted) => held.includes(wanted))) return [];
    const reason = typeof held === 'string' ? held : 'which does not hold the root of devca';
    const message = `${name} is set: ${meaning} "${value}", ${reason}`;
    const merge = `cat ${shellWord(value)} ${shellWord(roots)} > roots-for-tools.pem && export ${name}="$PWD/roots-for-tools.pem"`;
    const fix = typeof held === 'string' ? `export ${name}=${shellWord(roots)}` : merge;
    return [{ id: 'environment-trust', severity: 'warning', message, fix } as const];
  });
  const folder = environment['SSL_CERT_DIR'];
  const folders: DoctorFinding[] =
    folder === undefined || folder === ''
      ? []
      : [
          {
            id: 'environment-trust',
            severity: 'warning',
            message: `SSL_CERT_DIR is set: OpenSSL, Go and others look for roots in "${folder}"`,
            fix: 'unset SSL_CERT_DIR',
          },
        ];
  const off = Object.entries(OFF_VARIABLES).flatMap(([name, pattern]) => {
    if (!pattern.test(environment[name] ?? '')) return [];
    const message = `${name} is set, which switches the verification of certificates off`;
    return [{ id: 'verification-off', severity: 'problem', message, fix: `unset ${name}` } as const];
  });
  return [...bundles, ...folders, ...off];
}

/** Of the certificates in a file; a word about it where it cannot be read. */
function fingerprintsIn(path: string, world: World): readonly string[] | string {
  try {
    const bytes = world.files.readIfPresent(path);
    if (bytes === undefined) return 'which is not there';
    return decodePem(Buffer.from(bytes).toString('latin1'), path).map(({ der }) => sha256Hex(der));
  } catch (error) {
    if (!isDevcaError(error)) throw error;
    return 'which cannot be read';
  }
}
