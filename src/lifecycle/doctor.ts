import { liveGenerations } from '../authority/generations.ts';
import type { Authority } from '../authority/open-authority.ts';
import { placeFlags } from '../authority/place-flags.ts';
import { DevcaError } from '../errors/devca-error.ts';
import { type Inventory, inventoryPath, openInventory } from '../inventory/database.ts';
import type { World } from '../platform/world.ts';
import { trustStatus } from '../truststore/trust.ts';
import { type TrustAnchor, trustAnchorOf } from '../truststore/trust-anchor.ts';
import { examineAuthorityFiles } from './doctor-authority-files.ts';
import { examineCertificates } from './doctor-certificates.ts';
import { examineClock } from './doctor-clock.ts';
import { examineEnvironment } from './doctor-environment.ts';
import type { DoctorFinding } from './doctor-finding.ts';
import { examineInventory, examineModes } from './doctor-home.ts';
import { isLacking, type RootRow, rootFindings } from './doctor-roots.ts';
import { examineTrustStores } from './doctor-stores.ts';

export interface DoctorRequest {
  /** What ends within this time is said. */
  readonly expiringMs: number;
  /** Leaves out whether this machine trusts the roots: stores, variables, and settings of tools. */
  readonly noTrust?: boolean;
}

export interface Diagnosis {
  /** What is worst first. */
  readonly findings: readonly DoctorFinding[];
  readonly stores: readonly RootRow[];
}

const DAY_MS = 86_400_000;

/** The longest life of a certificate: an authority with less left can't issue for as long as was asked. */
const LONGEST_LIFE_MS = 825 * DAY_MS;

/** Everything that is wrong with a home and with the trust in its authorities. Changes nothing. Throws DEVCA_AUTHORITY_MISSING. */
export async function examine(
  { expiringMs, noTrust = false }: DoctorRequest,
  home: string,
  world: World,
): Promise<Diagnosis> {
  const { findings, anchors, place } = examineHome(expiringMs, home, world);
  const { findings: ofTrust, stores } = noTrust
    ? { findings: [], stores: [] }
    : await examineTrust(anchors, place, world);
  const all = [...findings, ...ofTrust];
  return {
    findings: (['problem', 'obstacle', 'warning'] as const).flatMap((severity) =>
      all.filter((finding) => finding.severity === severity),
    ),
    stores,
  };
}

/** @param place the flags that name the home and its default authority in a command */
async function examineTrust(
  anchors: readonly PlacedAnchor[],
  place: string,
  world: World,
): Promise<Diagnosis> {
  const stores: RootRow[] = [];
  for (const { anchor, place: flags, authority } of anchors)
    stores.push(
      ...(await trustStatus(anchor, {}, world)).map((row) => ({
        ...row,
        fix: row.fix.replaceAll(/\bdevca trust (\w+)/g, `devca trust $1${flags}`),
        root: anchor,
        authority,
      })),
    );
  const live = anchors.map(({ anchor }) => anchor.sha256);
  const isSystemTold = stores.some((row) => row.id === 'system' && isLacking(row));
  const findings = [
    ...examineEnvironment(live, place, isSystemTold, world),
    ...rootFindings(stores),
    ...(await examineTrustStores(live, world)),
  ];
  return { findings, stores };
}

interface PlacedAnchor {
  readonly anchor: TrustAnchor;
  /** The flags that name its authority in a command. */
  readonly place: string;
  /** Its name. */
  readonly authority: string;
}

function examineHome(
  expiringMs: number,
  home: string,
  world: World,
): { findings: readonly DoctorFinding[]; anchors: readonly PlacedAnchor[]; place: string } {
  if (world.files.statusOfTarget(inventoryPath(home)) === undefined)
    throw new DevcaError('DEVCA_AUTHORITY_MISSING', { home });
  // A home that is not safe is a finding here, not a reason to look no further.
  const inventory = openInventory(inventoryPath(home), world, { readOnly: true });
  try {
    const authorities = authoritiesOf(inventory, home, world);
    const generations = authorities.flat();
    const anchors = generations.map((generation) => ({
      anchor: trustAnchorOf(generation.root.certificate),
      place: placeFlags(generation, world),
      authority: generation.record.name,
    }));
    const expiringBy = new Date(world.clock.now().getTime() + expiringMs);
    const findings = [
      ...examineModes(home, world),
      ...examineInventory(authorities[0][0], inventory, world),
      ...examineClock(
        authorities.map(([latest]) => latest),
        inventory,
        world,
      ),
      ...authorities.flatMap(([latest]) => examineLife(latest, inventory, world)),
      ...examineAuthorityFiles(generations, inventory, world),
      ...examineCertificates(generations, expiringBy, inventory, world),
    ];
    return { findings, anchors, place: placeFlags(authorities[0][0], world) };
  } finally {
    inventory.close();
  }
}

type Generations = readonly [Authority, ...Authority[]];

/** The default authority first. */
function authoritiesOf(
  inventory: Inventory,
  home: string,
  world: World,
): readonly [Generations, ...Generations[]] {
  const first = liveGenerations(inventory, home, world);
  const others = inventory.authorities.names().filter((name) => name !== first[0].record.name);
  return [first, ...others.map((name) => liveGenerations(inventory, home, world, name))];
}

/** The lives of an authority's certificates and lists. */
function examineLife(latest: Authority, inventory: Inventory, world: World): readonly DoctorFinding[] {
  const { record, root, issuer } = latest;
  const place = placeFlags(latest, world);
  const now = world.clock.now();
  const day = (date: Date) => date.toISOString().slice(0, 10);
  const ends = [root, issuer].map(({ certificate }) => certificate.notAfter.getTime());
  const left = Math.min(...ends) - now.getTime();
  const findings: DoctorFinding[] = [];
  if (left < LONGEST_LIFE_MS) {
    const end = day(new Date(Math.min(...ends)));
    const isOver = left < 0;
    findings.push({
      id: isOver ? 'authority-expired' : 'authority-ageing',
      severity: isOver ? 'problem' : 'warning',
      message: isOver
        ? `the authority "${record.name}" ended on ${end}`
        : `the authority "${record.name}" ends on ${end}, in ${Math.floor(left / DAY_MS)} days: it can't issue for 825 days any more`,
      fix: `devca ca roll${place}`,
    });
  }
  const list = inventory.crls.latest(issuer.record.id);
  if (list !== undefined && list.nextUpdate < now)
    findings.push({
      id: 'crl-outdated',
      severity: 'problem',
      message: `the revocation list of the authority "${record.name}" was to be renewed by ${day(list.nextUpdate)}`,
      fix: `devca crl${place}`,
    });
  return findings;
}
