import { generateKeyPairSync, randomBytes, sign, verify } from 'node:crypto';
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
    for (let index = 0; index < BATCH; index++) {
      const { keyPem } = await authority.issue([`host-${round}-${index}.test`]);
      if (keyPem === '') throw new Error('there is no key');
    }
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
  const inMemoryRow = async (against: string, bare: () => void, target?: number): Promise<BenchRow> =>
    benchRow(
      { what: `${BATCH} certificates in memory`, against, ...(target === undefined ? {} : { target }) },
      await rounded(inMemory, bare, rounds),
    );
  return [
    await inMemoryRow('bare keys, signatures', makeAndSign, 4),
    await inMemoryRow('bare keys, encodings, signatures, checks', makeEncodeSignAndCheck),
    benchRow(
      { what: `${BATCH} certificates on disk`, against: 'bare keys, signatures' },
      await rounded(onDisk, makeAndSign, Math.ceil(rounds / 4)),
    ),
  ];
}

const issuer = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const toBeSigned = randomBytes(500);

function makeAndSign(): void {
  for (let index = 0; index < BATCH; index++) {
    generateKeyPairSync('ec', { namedCurve: 'P-256' });
    sign('sha256', toBeSigned, issuer.privateKey);
  }
}

/** What an issuer needs that hands out keys as text and no signature that it has not checked. */
function makeEncodeSignAndCheck(): void {
  for (let index = 0; index < BATCH; index++) {
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    publicKey.export({ type: 'spki', format: 'der' });
    privateKey.export({ type: 'pkcs8', format: 'pem' });
    verify('sha256', toBeSigned, issuer.publicKey, sign('sha256', toBeSigned, issuer.privateKey));
  }
}

async function rounded(
  work: (round: number) => Promise<void>,
  bare: () => void,
  rounds: number,
): Promise<readonly (readonly [number, number])[]> {
  // The first rounds compile.
  const warmUp = 3;
  const pairs: [number, number][] = [];
  for (let round = 0; round < rounds + warmUp; round++)
    pairs.push([await processorMs(() => work(round)), await processorMs(async () => bare())]);
  return pairs.slice(warmUp);
}

async function processorMs(work: () => Promise<void>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}
