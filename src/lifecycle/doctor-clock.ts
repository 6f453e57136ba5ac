import type { Authority } from '../authority/open-authority.ts';
import type { Inventory } from '../inventory/database.ts';
import type { World } from '../platform/world.ts';
import type { DoctorFinding } from './doctor-finding.ts';

/** Clocks are set by a few seconds all the time. */
const TOLERANCE_MS = 5 * 60_000;

/**
 * Whether the clock is behind what is recorded: certificates would be made that begin before their issuer, and renewals
 * would come late. `latest` is of each authority.
 */
export function examineClock(
  latest: readonly Authority[],
  inventory: Inventory,
  { clock }: Pick<World, 'clock'>,
): readonly DoctorFinding[] {
  const now = clock.now();
  const [event] = inventory.events.latest(1);
  const signs = [
    ...latest.map(({ record, root }) => ({
      at: root.certificate.notBefore,
      what: `the authority "${record.name}" was made after that, on ${day(root.certificate.notBefore)}`,
    })),
    ...(event === undefined
      ? []
      : [{ at: event.at, what: `the last event of the inventory is of ${event.at.toISOString()}` }]),
  ];
  const sign = signs.find(({ at }) => at.getTime() > now.getTime() + TOLERANCE_MS);
  if (sign === undefined) return [];
  return [
    {
      id: 'clock-behind',
      severity: 'problem',
      message: `the clock says ${now.toISOString()}, and ${sign.what}`,
      fix: 'sudo timedatectl set-ntp true',
    },
  ];
}

const day = (date: Date): string => date.toISOString().slice(0, 10);
