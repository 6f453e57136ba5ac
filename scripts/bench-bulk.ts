import { execFileSync } from 'node:child_process';
import { generateKeyPairSync, randomBytes, sign, verify } from 'node:crypto';
import { join } from 'node:path';
import { createEphemeralAuthority } from '../src/authority/ephemeral-authority.ts';
import { issueCertificates } from '../src/authority/issue.ts';
import { createAuthority } from '../src/index.ts';
import { realWorld } from '../src/platform/world.ts';
import { type BenchRow, benchRow } from './bench-row.ts';

const BATCH = 1_000;
const FEW = 1_000;
const MANY = 20_000;

/**
 * Many certificates in one process, in processor time: against making as many keys and signatures with `node:crypto`,
 * which is what no issuer can do without.
 */
export async function benchBulk(scratch: string, rounds: number): Promise<readonly BenchRow[]> {
  const ephemeral = await createEphemeralAuthority();
  const inMemory = async (round: number): Promise<void> => {
    for (const { names } of requestsOf(round)) requireKey(await ephemeral.issue(names));
  };
  const home = join(scratch, 'bulk');
  const authority = await createAuthority({ home });
  const recorded = async (round: number): Promise<void> => {
    for await (const issued of authority.issueMany(requestsOf(round))) requireKey(issued);
  };
  const delivered = async (round: number): Promise<void> => {
    const out = join(scratch, 'bulk-files');
    await issueCertificates(
      requestsOf(round).map((request) => ({ ...request, out })),
      { home },
      realWorld(),
    );
  };
  const bare = 'bare keys, signatures';
  const [what, least] = [`${BATCH} certificates, recorded`, Math.ceil(rounds / 4)];
  return [
    benchRow({ what, against: bare, target: 4 }, await rounded(recorded, makeAndSign, rounds)),
    benchRow(
      { what, against: 'bare keys, encodings, signatures, checks' },
      await rounded(recorded, makeEncodeSignAndCheck, rounds),
    ),
    benchRow(
      { what: `${BATCH} certificates in memory`, against: bare },
      await rounded(inMemory, makeAndSign, rounds),
    ),
    benchRow(
      { what: `${BATCH} certificates with files`, against: bare },
      await rounded(delivered, makeAndSign, least),
    ),
    ...memoryRows(home, Math.min(3, least)),
  ];
}

function memoryRows(home: string, runs: number): readonly BenchRow[] {
  const issue = (count: number): { readonly inUse: number; readonly peak: number } => {
    const program = join(import.meta.dirname, 'bench-many.ts');
    const args = ['--no-warnings', '--expose-gc', program, home, String(count)];
    const { issued, ...memory } = JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' }));
    if (issued !== count) throw new Error(`${issued} of ${count} certificates were issued`);
    return memory;
  };
  const against = `those of ${FEW}`;
  const pairs = Array.from({ length: runs }, () => [issue(MANY), issue(FEW)] as const);
  return [
    benchRow(
      { what: `MiB in use after ${MANY}`, against, target: 1.1 },
      pairs.map(([many, few]) => [many.inUse, few.inUse]),
    ),
    benchRow(
      { what: `peak MiB of ${MANY}, with garbage`, against },
      pairs.map(([many, few]) => [many.peak, few.peak]),
    ),
  ];
}

const requestsOf = (round: number): readonly { readonly names: readonly string[] }[] =>
  Array.from({ length: BATCH }, (_, index) => ({ names: [`host-${round}-${index}.test`] }));

function requireKey({ keyPem }: { readonly keyPem: string }): void {
  if (keyPem === '') throw new Error('there is no key');
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
