import { sha256Hex } from '../../../src/pki/fingerprint.ts';
import { encodeJks } from '../../../src/pki/jks-writer.ts';
import { decodePem, encodePem } from '../../../src/pki/pem.ts';
import { systemRandom } from '../../../src/platform/random.ts';
import type { System } from '../../../src/platform/system.ts';
import type { World } from '../../../src/platform/world.ts';
import type { DevcaRoots } from '../../../src/runtimes/merged-bundle.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { testAuthority } from '../../support/test-pki.ts';
import { type FakeMachine, fakeMachine, HOME } from '../truststore/fake-machine.ts';

export const SYSTEM = '/etc/ssl/certs/ca-certificates.crt';
export const PUBLIC = `${HOME}/.local/share/devca-trust`;

const rootOf = (subject: string): Uint8Array => testAuthority({ subject }).der;

export const certificates = {
  devca: rootOf('devca root'),
  public: rootOf('Public Root'),
  company: rootOf('Proxy of a company'),
  other: rootOf('Another root'),
};

export type Who = keyof typeof certificates;

export const ROOTS: DevcaRoots = { owner: ['/authority'], certificates: [certificates.devca] };

export const pem = (...who: Who[]): string =>
  who.map((name) => encodePem('CERTIFICATE', certificates[name])).join('');

export const DEVCA_SHA256 = sha256Hex(certificates.devca);

/** A machine with a system store that has one public root. */
export function machine(system: Partial<System> = {}): FakeMachine {
  const made = fakeMachine({ folder: scratchFolder(), system });
  made.write(SYSTEM, pem('public'));
  return made;
}

/** The same machine, with these variables. */
export function withVariables(
  { world }: Pick<FakeMachine, 'world'>,
  variables: Readonly<Record<string, string | undefined>>,
): World {
  const environment = { ...world.system.environment, ...variables };
  return { ...world, system: { ...world.system, environment } };
}

/** Who is in a file of PEM. */
export function heldBy(path: string | undefined, { world }: Pick<FakeMachine, 'world'>): Who[] {
  const text = Buffer.from(world.files.read(path ?? '')).toString('latin1');
  return decodePem(text, path ?? '').map(({ der }) => whoIs(der));
}

export function whoIs(der: Uint8Array): Who {
  const found = Object.entries(certificates).find(([, known]) => Buffer.from(known).equals(der));
  if (found === undefined) throw new Error('nobody that is known here');
  return found[0] as Who;
}

export const jks = (password: string, ...who: Who[]): Uint8Array =>
  encodeJks(
    { trusted: who.map((name) => ({ alias: name, certificate: certificates[name] })) },
    { password, createdAt: new Date(0), random: systemRandom },
  );
