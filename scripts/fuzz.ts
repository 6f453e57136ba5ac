// Throws mutants of certificates, chains, lists, names, handshakes, captures and key logs at the parsers and the
// verifier for a given time:
//   node scripts/fuzz.ts [--seconds 30] [--seed N] [--differential]
// Fails on an exception that is no coded error, on a call over 500 ms, and on an accepted chain whose signature was
// broken. With --differential, mutants that were signed again are shown to "openssl verify" and to Node as well, and
// what devca accepts and they don't is a failure.
import { parseArgs } from 'node:util';
import { isDevcaError } from '../src/errors/devca-error.ts';
import { parseCertificate } from '../src/pki/certificate.ts';
import { parseCrl } from '../src/pki/crl.ts';
import { parseGeneralName } from '../src/pki/general-name.ts';
import { parseName } from '../src/pki/name.ts';
import { formatName } from '../src/pki/name-text.ts';
import { decodePem, encodePem } from '../src/pki/pem.ts';
import { mutateBytes, seededChoices } from '../test/support/der-mutation.ts';
import { mutate, mutateAndSign, target, verifyTarget } from '../test/support/mutation-targets.ts';
import { compareWithPeers } from './fuzz-peers.ts';
import { type Experiment, wireExperiments } from './fuzz-wire.ts';

const SLOWEST_MS = 500;

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '30' },
    seed: { type: 'string', default: String(Date.now() % 0xffffffff) },
    differential: { type: 'boolean', default: false },
  },
});

const { root, intermediate, server, crls } = target;
const [rootCrl = new Uint8Array(), serverCrl = new Uint8Array()] = crls;

/** What is done with one mutant; a text is a failure. */
const EXPERIMENTS: Readonly<Record<string, Experiment>> = {
  ...(await wireExperiments()),
  parsers: (choices) => {
    for (const [parse, der] of [
      [parseCertificate, mutate(server.der, choices)],
      [parseCrl, mutate(serverCrl, choices)],
      [parseName, mutate(server.certificate.issuer.der, choices)],
      [parseGeneralName, mutateBytes(Uint8Array.of(0x82, 1, 0x61), choices)],
    ] as const) {
      codedErrorOnly(() => parse(der));
    }
    const text = Buffer.from(
      mutateBytes(Buffer.from(encodePem('CERTIFICATE', server.der)), choices),
    ).toString('latin1');
    codedErrorOnly(() =>
      decodePem(text, 'mutant').map(({ der }) => formatName(parseCertificate(der).subject)),
    );
    return undefined;
  },
  'broken end entity': (choices) => {
    const endEntity = mutate(server.der, choices);
    return accepted(verifyTarget({ endEntity }).valid, endEntity, server.der);
  },
  'broken intermediate': (choices) => {
    const mutant = mutate(intermediate.der, choices);
    return accepted(verifyTarget({ intermediates: [mutant] }).valid, mutant, intermediate.der);
  },
  'broken list': (choices) => {
    const mutant = mutate(serverCrl, choices);
    return accepted(verifyTarget({ crls: [rootCrl, mutant] }).valid, mutant, serverCrl);
  },
  'changed anchor': (choices) => {
    verifyTarget({ trustAnchors: [mutate(root.der, choices)] });
    return undefined;
  },
  'signed again': (choices) => {
    const endEntity = mutateAndSign(server, intermediate, choices);
    const other = mutateAndSign(intermediate, root, choices);
    const results = [verifyTarget({ endEntity }), verifyTarget({ intermediates: [other] })];
    const isOdd = results.some(({ valid, problems }) => valid !== (problems.length === 0));
    if (isOdd) return 'a result is valid with problems, or invalid without';
    if (!values.differential) return undefined;
    return compareWithPeers(endEntity, [intermediate.der]) ?? compareWithPeers(server.der, [other]);
  },
};

const firstSeed = Number(values.seed);
const until = performance.now() + Number(values.seconds) * 1000;
let runs = 0;
let failures = 0;
let slowest = 0;
while (performance.now() < until && failures < 20) {
  const seed = (firstSeed + runs) >>> 0;
  runs++;
  for (const [name, experiment] of Object.entries(EXPERIMENTS)) {
    const started = performance.now();
    let failure: string | undefined;
    try {
      failure = experiment(seededChoices(seed));
    } catch (cause) {
      failure = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
    }
    const ms = performance.now() - started;
    slowest = Math.max(slowest, ms);
    if (ms > SLOWEST_MS && !values.differential) failure ??= `it took ${ms.toFixed(0)} ms`;
    if (failure === undefined) continue;
    failures++;
    console.log(`FAILED ${name}, seed ${seed}: ${failure}`);
  }
}
console.log(
  `${runs} mutants of each kind from seed ${firstSeed}, ${failures} failures, slowest ${slowest.toFixed(0)} ms`,
);
process.exitCode = failures === 0 ? 0 : 1;

function codedErrorOnly(parse: () => unknown): void {
  try {
    parse();
  } catch (cause) {
    if (!isDevcaError(cause)) throw cause;
  }
}

function accepted(valid: boolean, mutant: Uint8Array, original: Uint8Array): string | undefined {
  if (!valid || Buffer.from(mutant).equals(original)) return undefined;
  return `what was signed is not what was accepted: ${Buffer.from(mutant).toString('hex')}`;
}
