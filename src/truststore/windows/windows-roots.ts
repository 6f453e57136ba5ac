import { withAnchorFile } from '../anchor-file.ts';
import { type FoundRoots, findRoots } from '../found-roots.ts';
import { commandError, type TrustSession } from '../session.ts';
import type { TrustAnchor } from '../trust-anchor.ts';
import type { WindowsTools } from './windows-tools.ts';

/** Where the stores lie. What certutil lists for a user holds the machine's roots too, and comes in every language. */
const REGISTRY = {
  user: 'HKCU\\Software\\Microsoft\\SystemCertificates\\Root\\Certificates',
  machine: 'HKLM\\SOFTWARE\\Microsoft\\SystemCertificates\\ROOT\\Certificates',
} as const;

export async function searchRootStore(
  anchor: TrustAnchor,
  scope: keyof typeof REGISTRY,
  tools: WindowsTools,
): Promise<FoundRoots> {
  return findRoots(await rootsIn(scope, tools), anchor);
}

export async function rootsIn(
  scope: keyof typeof REGISTRY,
  tools: WindowsTools,
): Promise<readonly Uint8Array[]> {
  const outcome = await tools.ask('reg', ['query', REGISTRY[scope], '/s']);
  // 1: there is no such key, since nobody has ever added a root.
  if (outcome.timedOut || (outcome.status !== 0 && outcome.status !== 1)) {
    throw commandError(outcome, tools.store);
  }
  const blobs = outcome.stdout.matchAll(/^\s+Blob\s+REG_BINARY\s+([0-9A-Fa-f]+)/gm);
  const found = [...blobs].map(([, hex = '']) => certificateIn(Buffer.from(hex, 'hex')));
  return found.filter((der) => der !== undefined);
}

/** CERT_CERT_PROP_ID: of the properties in a serialized certificate, the certificate itself. */
const CERTIFICATE_PROPERTY = 32;

/** Properties follow one another: identifier, encoding and length of four octets each, and the value. */
function certificateIn(blob: Buffer): Uint8Array | undefined {
  for (let offset = 0; offset + 12 <= blob.length; ) {
    const length = blob.readUInt32LE(offset + 8);
    const value = blob.subarray(offset + 12, offset + 12 + length);
    if (blob.readUInt32LE(offset) === CERTIFICATE_PROPERTY) return value;
    offset += 12 + length;
  }
  return undefined;
}

/**
 * What Windows' own verifier has against the root; `undefined` where it accepts it. certutil ends well even then, and
 * only names of constants are the same in every language.
 */
export async function refusalOf(
  anchor: TrustAnchor,
  scope: keyof typeof REGISTRY,
  tools: WindowsTools,
  session: TrustSession,
): Promise<string | undefined> {
  return withAnchorFile(anchor, session, async (path) => {
    const flags = scope === 'user' ? ['-user'] : [];
    const outcome = await tools.ask('certutil', [...flags, '-verify', await tools.windowsPath(path)]);
    if (outcome.timedOut || outcome.status !== 0) throw commandError(outcome, tools.store);
    const reasons = outcome.stdout.matchAll(/dwErrorStatus\s*=\s*(CERT_TRUST_\w+)|\b(CERT_E_[A-Z]+)\b/g);
    return [...reasons]
      .map(([, trust, error]) => trust ?? error)
      .find((reason) => reason !== undefined && !/REVOCATION/.test(reason));
  });
}
