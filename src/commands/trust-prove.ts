import { resolve } from 'node:path';
import { readHome } from '../authority/home.ts';
import { issueCertificate } from '../authority/issue.ts';
import { chainOf } from '../authority/issued-certificate.ts';
import { requireAuthority } from '../authority/open-authority.ts';
import { placeWords } from '../authority/place-flags.ts';
import { intermediatesOf } from '../authority/self-check.ts';
import type { CommandContext, CommandStatus } from '../cli/command.ts';
import type { Output, Style } from '../cli/output.ts';
import { formatTable } from '../cli/table.ts';
import { DevcaError, isDevcaError } from '../errors/devca-error.ts';
import { type Certificate, parseCertificate } from '../pki/certificate.ts';
import { bytesEqual } from '../pki/fingerprint.ts';
import { exportPkcs8Pem, generateKey } from '../pki/key.ts';
import { encodePem } from '../pki/pem.ts';
import { homeOf } from '../platform/paths.ts';
import type { World } from '../platform/world.ts';
import { leadsToRoot } from '../proof/issuer-path.ts';
import type { Credentials } from '../proof/peer.ts';
import { readSubject } from '../proof/read-subject.ts';
import { readCredentials, servesLocalhost } from '../proof/trust/given-credentials.ts';
import { type ClientProof, proveTrust, requireClients } from '../proof/trust/prove-trust.ts';
import type { TrustAnchor } from '../truststore/trust-anchor.ts';
import { allSources } from './selftest-sources.ts';
import type { StatusRows } from './trust-journalled.ts';
import type { Overrides } from './trust-overrides.ts';
import { type AuthorityFlags, fingerprintFlag, mendingText } from './trust-table.ts';

const ONE_HOUR_MS = 3_600_000;

interface ProofFlags extends AuthorityFlags {
  readonly client: readonly string[];
  readonly cert: string | undefined;
  readonly key: string | undefined;
}

/**
 * What every client that is installed thinks of a certificate of the authority's latest generation, or of one that was
 * given. Throws DEVCA_PROOF_AUTHORITY_ELSEWHERE where there is neither.
 */
export async function proveClients(
  flags: ProofFlags,
  known: StatusRows & Pick<Overrides, 'settings'>,
  { world, output }: CommandContext,
): Promise<readonly ClientProof[]> {
  const clients = flags.client.flatMap((ids) => ids.split(','));
  requireClients(clients);
  const given = givenCertificate(flags, known, world);
  if (given === undefined && !known.isOwn)
    throw new DevcaError('DEVCA_PROOF_AUTHORITY_ELSEWHERE', {
      roots: known.anchors.map(({ name, sha256 }) => ({ name, sha256 })),
    });
  if (given === undefined && known.foreign.length > 0) output.note(OWN_ALONE);
  const profile = known.rows.find(({ id, name }) => id.startsWith('nss:') && /^Firefox profile/.test(name));
  const proofs = await proveTrust(
    {
      credentials: () =>
        given === undefined
          ? serverCredentials(flags, known.anchors, world)
          : Promise.resolve(given.credentials),
      clients,
      firefoxProfile: profile?.id.slice('nss:'.length),
      place: given?.place ?? placeWords(flags, world),
      settings: known.settings
        .filter(({ status }) => status !== 'trusted')
        .map(({ file, setting, readers, status, fix }) => ({
          client: readers,
          text: `${setting} in "${file}"`,
          isOff: status === 'verification-off',
          fix,
        })),
    },
    world,
  );
  // "devca env" is for the own roots where there are some.
  if (given?.isForeign !== true || !known.isOwn) return proofs;
  return proofs.map((proof) => (proof.fix.startsWith('eval ') ? { ...proof, fix: '' } : proof));
}

const OWN_ALONE =
  'the clients are shown a certificate of the own authority; for one from elsewhere give "--cert" and "--key"';

interface GivenCertificate {
  readonly credentials: Credentials;
  /** Whether its root came from elsewhere. */
  readonly isForeign: boolean;
  /** The flags that name its root in a command. */
  readonly place: string;
}

/** Throws DEVCA_USAGE_INVALID, and as `readCredentials`. */
function givenCertificate(
  flags: ProofFlags,
  { anchors, foreign }: StatusRows,
  world: World,
): GivenCertificate | undefined {
  const { cert, key } = flags;
  if (cert === undefined && key === undefined) return undefined;
  if (cert === undefined || key === undefined)
    throw new DevcaError('DEVCA_USAGE_INVALID', {
      command: 'trust status',
      detail: '"--cert" and "--key" go together',
    });
  const path = (file: string): string => resolve(world.system.workingFolder, file);
  const { credentials, chain } = readCredentials({ cert: path(cert), key: path(key) }, world);
  const [certificate, ...issuers] = chain;
  const root = [...foreign, ...anchors].find((anchor) =>
    leadsToRoot(certificate, issuers, [parseCertificate(anchor.certificate)]),
  );
  const isForeign = root !== undefined && foreign.includes(root);
  return { credentials, isForeign, place: isForeign ? fingerprintFlag(root) : placeWords(flags, world) };
}

/** A certificate that is in use, where there is one; else one for an hour, whose key is never written. */
async function serverCredentials(
  { home: flag, authority }: AuthorityFlags,
  [latest]: readonly TrustAnchor[],
  world: World,
): Promise<Credentials> {
  const home = homeOf(flag, world.system);
  const live = latest === undefined ? undefined : liveCredentials(latest, home, authority, world);
  return live ?? briefCredentials(home, authority, world);
}

function liveCredentials(
  root: TrustAnchor,
  home: string,
  authority: string | undefined,
  world: World,
): Credentials | undefined {
  try {
    for (const source of allSources(home, world, authority)) {
      const { subject } = readSubject(source, world);
      if (
        subject !== undefined &&
        servesLocalhost(subject.certificate) &&
        isSame(subject.issuers.at(-1), root)
      )
        return subject.credentials;
    }
  } catch (error) {
    if (!isDevcaError(error, 'DEVCA_PROOF_NOTHING')) throw error;
  }
  return undefined;
}

const isSame = (one: Certificate | undefined, { certificate }: TrustAnchor): boolean =>
  one !== undefined && bytesEqual(one.der, certificate);

async function briefCredentials(
  home: string,
  authority: string | undefined,
  world: World,
): Promise<Credentials> {
  const key = generateKey('ec-p256');
  const { sha256 } = await issueCertificate(
    { names: ['localhost'], lifeMs: ONE_HOUR_MS, publicKey: key, withoutPem: true },
    { home, isForProof: true, ...(authority === undefined ? {} : { authority }) },
    world,
  );
  const chain = readHome(home, world, (inventory) => {
    const record = inventory.certificates.bySha256(sha256);
    const der = record === undefined ? undefined : inventory.certificates.der(record.id);
    if (der === undefined)
      throw new DevcaError('DEVCA_INTERNAL', { detail: 'what was issued is not recorded' });
    const issuers = intermediatesOf(chainOf(requireAuthority(inventory, home, world, authority)));
    return [der, ...issuers.map((issuer) => issuer.der)];
  });
  return {
    certPem: chain.map((each) => encodePem('CERTIFICATE', each)).join(''),
    keyPem: exportPkcs8Pem(key),
  };
}

const STYLES: Readonly<Record<ClientProof['status'], Style>> = {
  accepted: 'green',
  refused: 'red',
  'not-verifying': 'red',
  'timed-out': 'yellow',
  failed: 'yellow',
  'not-installed': 'dim',
};

/** One line for each client, and the commands that mend what is wrong. */
export function formatProofs(proofs: readonly ClientProof[], output: Pick<Output, 'style'>): string {
  const table = formatTable(
    ['CLIENT', 'VERDICT', 'DECIDED BY', 'DETAIL'],
    proofs.map(({ status, decides, detail, fault, ...proof }) => [
      titleOf(proof),
      { text: status, style: STYLES[status] },
      decides,
      [detail, ...(fault === null ? [] : [`[${fault.code}]`])].join(' ').trim(),
    ]),
    output,
  );
  const fixes = new Map<string, string[]>();
  for (const { fix, ...proof } of proofs)
    if (fix !== '') fixes.set(fix, [...(fixes.get(fix) ?? []), titleOf(proof)]);
  return `\n\n${table}${mendingText([...fixes].map(([fix, names]) => `${fix}  # ${names.join(', ')}`))}`;
}

const titleOf = ({ name, version }: Pick<ClientProof, 'name' | 'version'>): string =>
  version === null ? name : `${name} ${version}`;

/** As for stores: 4 where a client refuses or verifies nothing, 5 where one could not be asked. */
export function statusOfProofs(proofs: readonly ClientProof[]): CommandStatus {
  const has = (...statuses: ClientProof['status'][]): boolean =>
    proofs.some(({ status }) => statuses.includes(status));
  if (has('timed-out', 'failed')) return 5;
  return has('refused', 'not-verifying') ? 4 : 0;
}
