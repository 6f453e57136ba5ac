import { chooseCertificates } from '../authority/due.ts';
import { readHome } from '../authority/home.ts';
import { type IssueRequest, issueCertificate } from '../authority/issue.ts';
import { type BulkCertificate, type BulkRequest, issueMany } from '../authority/issue-many.ts';
import { chainOf, type IssuedCertificate } from '../authority/issued-certificate.ts';
import { openAuthority as readAuthority } from '../authority/open-authority.ts';
import { type RenewalOptions, type RenewalOutcome, renewCertificates } from '../authority/renew.ts';
import { type RevocationReason, type RevokeOutcome, revokeCertificates } from '../authority/revoke.ts';
import { intermediatesOf } from '../authority/self-check.ts';
import type { CertificateRecord } from '../inventory/certificates.ts';
import { importAuthority as takeOver } from '../lifecycle/import/import-authority.ts';
import type { ImportRequest } from '../lifecycle/import/import-plan.ts';
import { type InitRequest, initialise } from '../lifecycle/init.ts';
import { encodePem } from '../pki/pem.ts';
import { homeOf } from '../platform/paths.ts';
import { absentPerson } from '../platform/person.ts';
import { realWorld, type World } from '../platform/world.ts';

export interface AuthorityPlace {
  /** Default: `DEVCA_HOME`, then the user's data folder, as for the command. */
  readonly home?: string;
  /** Of its key, where that has one. Default: the variable `DEVCA_PASSPHRASE`; nobody is asked. */
  readonly passphrase?: string;
}

/** An authority on disk, the same that the command works on. */
export interface LocalAuthority {
  readonly home: string;
  readonly name: string;
  readonly rootPem: string;
  /** Empty for an authority that was imported without one, whose root issues. */
  readonly intermediatePem: string;
  /** Issues, records and delivers a certificate: files by default into the working folder. */
  issue(
    names: readonly string[],
    options?: Omit<IssueRequest, 'names'> & { force?: boolean },
  ): Promise<IssuedCertificate>;
  /**
   * Issues many without files, for a fleet or a test bed: `for await (const one of authority.issueMany(requests))`. Each
   * is recorded before it is handed out, in batches of at most 1,000 that are all or nothing; the keys are in what comes
   * out and nowhere else. A request that is refused ends it, and what was handed out before stays.
   */
  issueMany(
    requests: Iterable<BulkRequest> | AsyncIterable<BulkRequest>,
  ): AsyncGenerator<BulkCertificate, void, undefined>;
  /**
   * Revokes certificates by their names, serial numbers, fingerprints or files, and signs the list that says so, which
   * stands in the first of the outcome's files. Throws DEVCA_REVOKE_*, DEVCA_INVENTORY_UNKNOWN.
   */
  revoke(whats: readonly string[], reason?: RevocationReason): Promise<RevokeOutcome>;
  /** Renews, with the same keys, what is in the last third of its life. What fails stops nothing else and keeps its files. */
  renewDue(options?: Partial<RenewalOptions>): Promise<RenewalOutcome>;
}

/**
 * Makes an authority, or opens the one that is there if it is as asked for. No trust store is touched.
 * Throws DEVCA_AUTHORITY_DIFFERENT, DEVCA_HOME_UNSAFE and DEVCA_CONSTRAINT_*.
 */
export async function createAuthority(
  options: AuthorityPlace & InitRequest = {},
  world: World = realWorld(),
): Promise<LocalAuthority> {
  const { home, passphrase: _, ...request } = options;
  await initialise(request, homeOf(home, world.system), withPassphrase(options, world));
  return openAuthority(options, world);
}

/**
 * Takes over an authority that mkcert, Caddy, step-ca, easy-rsa or somebody else has made, and opens it. Its source stays
 * as it is, and no trust store is touched. `password` opens its keys. Throws DEVCA_IMPORT_*.
 */
export async function importAuthority(
  options: AuthorityPlace & Omit<ImportRequest, 'password'> & { readonly password?: string },
  world: World = realWorld(),
): Promise<LocalAuthority> {
  const { home, passphrase: _, password, ...request } = options;
  const given = password === undefined ? {} : { password: { text: password, source: 'the options' } };
  const { name } = await takeOver(
    { ...request, ...given },
    homeOf(home, world.system),
    withPassphrase(options, world),
  );
  return openAuthority({ ...options, name }, world);
}

/** Opens the authority that is there. Throws DEVCA_AUTHORITY_MISSING. */
export async function openAuthority(
  options: AuthorityPlace & { readonly name?: string } = {},
  world: World = realWorld(),
): Promise<LocalAuthority> {
  const home = homeOf(options.home, world.system);
  const authority = readAuthority(home, world, options.name);
  const { record, root } = authority;
  return {
    home,
    name: record.name,
    rootPem: encodePem('CERTIFICATE', root.certificate.der),
    intermediatePem: intermediatesOf(chainOf(authority))
      .map(({ der }) => encodePem('CERTIFICATE', der))
      .join(''),
    issue: (names, { force = false, ...request } = {}) =>
      issueCertificate(
        { names, ...request },
        { home, authority: record.name, force },
        withPassphrase(options, world),
      ),
    issueMany: (requests) =>
      issueMany(requests, { home, authority: record.name }, withPassphrase(options, world)),
    revoke: (whats, reason = 'unspecified') =>
      revokeCertificates(whats, reason, { home, authority: record.name }, withPassphrase(options, world)),
    renewDue: (renewal = {}) =>
      renewCertificates(
        dueCertificates(home, record.name, world),
        { key: 'same', ...renewal },
        home,
        withPassphrase(options, world),
      ),
  };
}

function dueCertificates(home: string, name: string, world: World): readonly CertificateRecord[] {
  const choice = { kind: 'due', authority: name } as const;
  return readHome(home, world, (inventory) => chooseCertificates(choice, 'same', inventory, world).chosen);
}

function withPassphrase({ passphrase }: AuthorityPlace, world: World): World {
  if (passphrase === undefined) return world;
  return { ...world, person: absentPerson({ text: passphrase, source: 'the options' }) };
}
