import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { join } from 'node:path';
import { createEphemeralAuthority } from '../src/authority/ephemeral-authority.ts';
import { issueCertificates } from '../src/authority/issue.ts';
import { initialise } from '../src/lifecycle/init.ts';
import { realWorld } from '../src/platform/world.ts';
import { type BenchRow, benchRow } from './bench-row.ts';

const BATCH = 100;

/**
 * Many certificates in one process, in processor time: against making as many keys and signatures with `node:crypto`,
 * which is what no issuer can do without.
 */
export async function benchBulk(scratch: string, rounds: number): Promise<readonly BenchRow[]> {
  const authority = await createEphemeralAuthority();
  const inMemory = async (round: number): Promise<void> => {
    for (let index = 0; index < BATCH; index++) await authority.issue([`host-${round}-${index}.test`]);
  };
  const world = realWorld();
  const home = join(scratch, 'bulk');
  await initialise({}, home, world);
  const onDisk = async (round: number): Promise<void> => {
    const requests = Array.from({ length: BATCH }, (_, index) => ({
      names: [`host-${round}-${index}.test`],
      out: join(scratch, 'bulk-files'),
    }));
    await issueCertificates(requests, { home }, world);
  };
  const against = `${BATCH} bare keys and signatures`;
  return [
    benchRow(
      { what: `${BATCH} certificates in memory`, against, target: 4 },
      await rounded(inMemory, rounds),
    ),
    benchRow(
      { what: `${BATCH} certificates on disk`, against },
      await rounded(onDisk, Math.ceil(rounds / 4)),
    ),
  ];
}

const issuer = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
const toBeSigned = randomBytes(500);

async function bare(): Promise<void> {
  for (let index = 0; index < BATCH; index++) {
    generateKeyPairSync('ec', { namedCurve: 'P-256' });
    sign('sha256', toBeSigned, issuer);
  }
}

async function rounded(
  work: (round: number) => Promise<void>,
  rounds: number,
): Promise<readonly (readonly [number, number])[]> {
  // The first rounds compile.
  const warmUp = 3;
  const pairs: [number, number][] = [];
  for (let round = 0; round < rounds + warmUp; round++)
    pairs.push([await processorMs(() => work(round)), await processorMs(bare)]);
  return pairs.slice(warmUp);
}

async function processorMs(work: () => Promise<void>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}
