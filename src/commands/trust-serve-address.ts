import type { CommandContext } from '../cli/command.ts';
import { formatTable } from '../cli/table.ts';
import { DevcaError } from '../errors/devca-error.ts';
import {
  describeAddress,
  lanCandidates,
  type MachineAddress,
  machineAddresses,
} from '../server/lan-address.ts';

/** The one address that `--lan` is to listen on; where several fit, somebody is asked. Throws DEVCA_SERVER_*. */
export async function chooseAddress(
  word: string,
  { world, output }: CommandContext,
  addresses: readonly MachineAddress[] = machineAddresses(),
): Promise<MachineAddress> {
  const candidates = lanCandidates(word === '' ? undefined : word, addresses);
  const [first] = candidates;
  if (candidates.length === 1) return first;
  const ambiguous = new DevcaError('DEVCA_SERVER_LAN_AMBIGUOUS', {
    candidates: candidates.map(describeAddress),
    first: first.address,
  });
  if (!world.terminal.canAsk || output.json) throw ambiguous;
  const rows = candidates.map(({ network, address }, index) => [`${index + 1}`, network, address]);
  output.note(
    `this machine is in several networks:\n${formatTable(['', 'INTERFACE', 'ADDRESS'], rows, output)}`,
  );
  const answer = await world.terminal.ask(`Which one is the phone in? [1-${candidates.length}] `);
  const chosen = /^\d+$/.test(answer?.trim() ?? '') ? candidates[Number(answer) - 1] : undefined;
  if (chosen === undefined) throw ambiguous;
  return chosen;
}
