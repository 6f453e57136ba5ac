import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createEphemeralAuthority } from '../../src/authority/ephemeral-authority.ts';
import type { CertificateFiles, Issued, Lab, VerifiedName } from './acceptance-lab.ts';
import { readCertificate, type StolenKey, stealKey } from './stolen-key.ts';
import { dns, email, ip } from './test-pki.ts';

/** Why a verifier must refuse. */
export type Reason =
  | 'name'
  | 'purpose'
  | 'authority'
  | 'not-an-authority'
  | 'expired'
  | 'not-yet-valid'
  | 'constraint'
  | 'path-length';

/** One certificate in front of a verifier that trusts `root` alone. */
export interface Trial {
  readonly id: string;
  readonly root: string;
  readonly certificate: CertificateFiles;
  /** What the certificate is used as. */
  readonly purpose: 'server' | 'client';
  /** Whom the verifier expects. */
  readonly name?: VerifiedName;
  /** What the other end shows, where both do. */
  readonly counterpart: CertificateFiles;
  /** Any of these will do; empty where it must be accepted. */
  readonly refusedFor: readonly Reason[];
}

/** An authority with what its verifiers need. */
export interface Court {
  readonly lab: Lab;
  readonly server: Issued;
  readonly client: Issued;
}

export function openCourt(lab: Lab): Court {
  const server = lab.issue('server', ['localhost', 'api.test', '*.app.test', '127.0.0.1']);
  const client = lab.issue('client', ['alice', 'alice@example.com']);
  return { lab, server, client };
}

/** Every certificate for each of its purposes, under each of its names. */
export function acceptances(court: Court, matrix: readonly Issued[]): Trial[] {
  return matrix.flatMap((issued) =>
    (['server', 'client'] as const)
      .filter((purpose) => issued.profile === purpose || issued.profile === 'service')
      .flatMap((purpose) =>
        expectedNames(issued, purpose).map((name) =>
          trial(court, `${issued.label} as a ${purpose}`, issued, { purpose, name }),
        ),
      ),
  );
}

/** What was issued properly, in the wrong place. */
export function misuses(court: Court): Trial[] {
  const { lab, server, client } = court;
  const future = new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 10);
  const notYet = lab.issue('server', ['api.test'], '--not-before', future);
  const wrongName = (value: string, kind: VerifiedName['kind'] = 'dns') =>
    trial(court, 'another name', server, { name: { kind, value }, refusedFor: ['name'] });
  return [
    wrongName('www.test'),
    wrongName('app.test'),
    wrongName('a.b.app.test'),
    wrongName('127.0.0.2', 'ip'),
    trial(court, 'another address', client, {
      purpose: 'client',
      name: { kind: 'email', value: 'bob@example.com' },
      refusedFor: ['name'],
    }),
    trial(court, 'a client as a server', client, {
      name: host('alice.dev.internal'),
      refusedFor: ['purpose'],
    }),
    trial(court, 'a server as a client', server, { purpose: 'client', refusedFor: ['purpose'] }),
    trial(court, 'a server before its time', notYet, {
      name: host('api.test'),
      refusedFor: ['not-yet-valid'],
    }),
    trial(
      court,
      'without the intermediate',
      { ...server, fullchain: server.cert },
      { name: host('api.test'), refusedFor: ['authority'] },
    ),
  ];
}

/** What others signed: an authority of the same names, and the holder of a certificate that is none. */
export async function impostures(court: Court): Promise<Trial[]> {
  const { lab, server, client } = court;
  const subjectOf = (file: string) => readCertificate(file).subject;
  const subjects = { root: subjectOf(lab.root), intermediate: subjectOf(lab.intermediate) };
  const twin = await createEphemeralAuthority({ subjects });
  const folder = mkdtempSync(join(lab.folder, 'twin-'));
  const twinCertificate = async (profile: 'server' | 'client', name: string): Promise<CertificateFiles> => {
    const { certPem, keyPem, fullchainPem } = await twin.issue([name], { profile });
    const files = { cert: join(folder, `${name}.pem`), key: join(folder, `${name}-key.pem`) };
    const fullchain = join(folder, `${name}-fullchain.pem`);
    writeFileSync(files.cert, certPem);
    writeFileSync(files.key, keyPem);
    writeFileSync(fullchain, fullchainPem);
    return { ...files, fullchain };
  };
  const issuedByLeaf = (issuer: Issued) => stealKey(issuer.fullchain, issuer.key, lab.folder);
  return [
    trial(court, 'a server of another authority', await twinCertificate('server', 'api.test'), {
      name: host('api.test'),
      refusedFor: ['authority'],
    }),
    trial(court, 'a client of another authority', await twinCertificate('client', 'alice'), {
      purpose: 'client',
      refusedFor: ['authority'],
    }),
    trial(court, 'signed by a server', issuedByLeaf(server).sign({ names: [dns('api.test')] }), {
      name: host('api.test'),
      refusedFor: ['not-an-authority'],
    }),
    trial(
      court,
      'signed by a client',
      issuedByLeaf(client).sign({ purpose: 'client', names: [dns('root.test')] }),
      { purpose: 'client', refusedFor: ['not-an-authority'] },
    ),
  ];
}

/**
 * What the key of the intermediate can sign once it is stolen. With `constrained` false the authority has no
 * constraint, and the same certificates are believed: it is the constraint and nothing else that holds them.
 */
export function forgeries(court: Court, constrained: boolean): Trial[] {
  const thief = thiefOf(court.lab);
  const outside = constrained ? (['constraint'] as const) : [];
  const stolen = (what: string, forgery: Parameters<StolenKey['sign']>[0], facts: TrialFacts) =>
    trial(court, `forged: ${what}`, thief.sign({ purpose: facts.purpose ?? 'server', ...forgery }), {
      refusedFor: outside,
      ...facts,
    });
  const google = host('www.google.com');
  return [
    stolen('a name', { names: [dns('www.google.com')] }, { name: google }),
    stolen('a common name and a name', named('www.google.com'), { name: google }),
    stolen('a wildcard', { names: [dns('*.google.com')] }, { name: google }),
    stolen('a name in capitals', { names: [dns('WWW.GOOGLE.COM')] }, { name: google }),
    stolen(
      'a name beside a permitted one',
      { names: [dns('api.test'), dns('www.google.com')] },
      { name: host('api.test') },
    ),
    stolen('a name that ends like a permitted one', named('evilexample.com'), {
      name: host('evilexample.com'),
    }),
    stolen("a client's name", { names: [dns('alice.google.com')] }, { purpose: 'client' }),
    stolen("a client's mail address", { names: [email('alice@google.com')] }, { purpose: 'client' }),
    stolen(
      'a mail address that ends like a permitted one',
      { names: [email('alice@evilexample.com')] },
      { purpose: 'client' },
    ),
    stolen(
      'a common name beside a permitted name',
      { commonName: 'www.google.com', names: [dns('api.test')] },
      { name: google, refusedFor: ['name'] },
    ),
    stolen(
      'an authority of its own',
      { ...named('api.test'), viaOwnAuthority: true },
      { name: host('api.test'), refusedFor: ['path-length'] },
    ),
    stolen(
      'an authority of its own without constraint',
      { ...named('www.google.com'), viaOwnAuthority: true },
      { name: google, refusedFor: ['path-length', ...outside] },
    ),
    stolen(
      'in good order, but expired',
      { ...named('api.test'), notBefore: -60, notAfter: -30 },
      { name: host('api.test'), refusedFor: ['expired'] },
    ),
    stolen(
      'a client in good order, but expired',
      { names: [dns('alice.dev.internal')], notBefore: -60, notAfter: -30 },
      { purpose: 'client', refusedFor: ['expired'] },
    ),
  ];
}

/**
 * Common names without a dNSName beside them, which many clients still read as host names. `believed` says whether
 * the one that cannot be told from a certificate for an address is.
 */
export function commonNameForgeries(court: Court, believed: boolean): Trial[] {
  const thief = thiefOf(court.lab);
  const commonName = 'www.google.com';
  const facts = { name: host(commonName), refusedFor: ['constraint', 'name'] } as const;
  return [
    trial(court, 'forged: a common name alone', thief.sign({ commonName, names: [] }), facts),
    trial(
      court,
      'forged: a common name beside an address',
      thief.sign({ commonName, names: [ip('10.1.2.3')] }),
      believed ? { name: facts.name } : facts,
    ),
  ];
}

/** An address outside the ranges: only an authority that carries them (`--constrain-ip`) has it refused. */
export function addressForgery(court: Court, carriesRanges: boolean): Trial {
  const forged = thiefOf(court.lab).sign({ names: [ip('8.8.8.8')] });
  return trial(court, 'forged: an address', forged, {
    name: { kind: 'ip', value: '8.8.8.8' },
    refusedFor: carriesRanges ? ['constraint'] : [],
  });
}

interface TrialFacts {
  readonly purpose?: 'server' | 'client';
  readonly name?: VerifiedName | undefined;
  readonly refusedFor?: readonly Reason[];
}

function trial(
  { lab, server, client }: Court,
  what: string,
  certificate: CertificateFiles,
  facts: TrialFacts,
): Trial {
  const { purpose = 'server', name, refusedFor = [] } = facts;
  return {
    id: name === undefined ? what : `${what}, expected as ${name.value}`,
    root: lab.root,
    certificate,
    purpose,
    ...(name === undefined ? {} : { name }),
    counterpart: purpose === 'server' ? client : server,
    refusedFor,
  };
}

const host = (value: string): VerifiedName => ({ kind: 'dns', value });

const named = (value: string) => ({ commonName: value, names: [dns(value)] });

const thiefOf = (lab: Lab): StolenKey => stealKey(lab.intermediate, lab.intermediateKey, lab.folder);

/** Servers are expected under each DNS name and address; a client as such, and under each mail address. */
function expectedNames(issued: Issued, purpose: 'server' | 'client'): readonly (VerifiedName | undefined)[] {
  if (purpose === 'client') return [undefined, ...issued.names.filter(({ kind }) => kind === 'email')];
  return issued.names
    .filter(({ kind }) => kind === 'dns' || kind === 'ip')
    .map(({ kind, value }) => ({ kind, value: value.replace('*', 'any') }));
}
