import { mkdirSync } from 'node:fs';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { KEY_TYPES, type KeyType } from '../../src/pki/key.ts';
import { devca } from './devca.ts';
import { scratchFolder } from './scratch.ts';

/** Paths of PEM files. */
export interface CertificateFiles {
  readonly cert: string;
  readonly key: string;
  readonly fullchain: string;
}

export type ProfileName = 'server' | 'client' | 'service';

export interface VerifiedName {
  readonly kind: 'dns' | 'ip' | 'email' | 'uri';
  readonly value: string;
}

export interface Issued extends CertificateFiles {
  /** Profile, kind of key and first name: what a failing test prints. */
  readonly label: string;
  readonly profile: ProfileName;
  readonly keyType: KeyType;
  readonly names: readonly VerifiedName[];
}

/** An authority that the real program made, in a scratch home. */
export interface Lab {
  readonly folder: string;
  /** Where the authority's own files are. */
  readonly home: string;
  readonly root: string;
  readonly intermediate: string;
  /** The file that a thief would take. */
  readonly intermediateKey: string;
  /** Runs `devca issue` with these arguments. */
  issue(profile: ProfileName, names: readonly string[], ...flags: string[]): Issued;
}

export function createLab(...flags: string[]): Lab {
  const folder = scratchFolder();
  const home = join(folder, '.local/share/devca');
  succeed(['init', '--no-trust', '--quiet', ...flags], folder);
  let issuedCount = 0;
  return {
    folder,
    home,
    root: join(home, 'ca/root.pem'),
    intermediate: join(home, 'ca/intermediate.pem'),
    intermediateKey: join(home, 'keys/default-1-intermediate.pem'),
    issue: (profile, names, ...issueFlags) => {
      issuedCount += 1;
      const out = join(folder, `issued-${issuedCount}`);
      mkdirSync(out);
      const args = ['issue', '--json', '--profile', profile, '--out', out, ...issueFlags, ...names];
      const { certificate, files } = JSON.parse(succeed(args, folder)) as IssueDocument;
      const keyType = KEY_TYPES.find((type) => issueFlags.includes(type)) ?? 'ec-p256';
      return {
        ...files,
        label: `${profile} ${keyType} ${names[0]}`,
        profile,
        keyType,
        names: certificate.names.map(describeName),
      };
    },
  };
}

/** Names of every kind that each profile takes. */
export const NAME_SETS: readonly { readonly profile: ProfileName; readonly names: readonly string[] }[] = [
  {
    profile: 'server',
    names: [
      'localhost',
      'api.test',
      '*.app.test',
      'bücher.test',
      '127.0.0.1',
      '::1',
      '10.1.2.3',
      'fd00::1',
      'Mixed.Example.COM',
    ],
  },
  { profile: 'client', names: ['alice', 'alice@example.com', 'alice@mail.home.arpa'] },
  { profile: 'service', names: ['orders', 'orders.test', 'orders.svc.local', '127.0.0.1', '::1'] },
];

/** Certificates whose subject is not a host name: empty, or an address. */
const ADDRESS_SETS: typeof NAME_SETS = [
  { profile: 'server', names: ['127.0.0.1', '::1'] },
  { profile: 'client', names: ['alice@example.com'] },
];

/** Every profile with every kind of key, and the two odd subjects. */
export function issueMatrix(lab: Lab): readonly Issued[] {
  const matrix = NAME_SETS.flatMap(({ profile, names }) =>
    KEY_TYPES.map((keyType) => lab.issue(profile, names, '--key-type', keyType)),
  );
  return [...matrix, ...ADDRESS_SETS.map(({ profile, names }) => lab.issue(profile, names))];
}

/** One client and one service with this kind of key. */
export function keyTypePair(
  matrix: readonly Issued[],
  keyType: KeyType,
): { readonly client: Issued; readonly service: Issued } {
  const find = (profile: ProfileName) =>
    matrix.find((issued) => issued.profile === profile && issued.keyType === keyType);
  const [client, service] = [find('client'), find('service')];
  if (client === undefined || service === undefined) throw new Error(`there is no pair of ${keyType}`);
  return { client, service };
}

interface IssueDocument {
  readonly certificate: { readonly names: readonly string[] };
  readonly files: CertificateFiles;
}

function succeed(args: readonly string[], folder: string): string {
  const { status, stdout, stderr } = devca(args, { home: folder });
  if (status !== 0) throw new Error(`"devca ${args.join(' ')}" ended with ${status}: ${stderr}`);
  return stdout;
}

function describeName(value: string): VerifiedName {
  if (value.includes('://')) return { kind: 'uri', value };
  if (value.includes('@')) return { kind: 'email', value };
  return { kind: isIP(value) > 0 ? 'ip' : 'dns', value };
}
