import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createEphemeralAuthority } from '../../../src/authority/ephemeral-authority.ts';
import {
  installTrust,
  planScript,
  planTrust,
  trustStatus,
  uninstallTrust,
} from '../../../src/truststore/trust.ts';
import { anchorPem, type TrustAnchor } from '../../../src/truststore/trust-anchor.ts';
import { describeWith } from '../../support/tools.ts';
import { anchorOf, scratchWorld, type WatchedServer, watchedServer } from '../../support/trust-lab.ts';
import { bareJava, copyJava, fetches, javaHome, keytool, listing, ownKeyStore } from './java-home.ts';

/** The formats in which Java's own roots come. */
const FORMATS: readonly (readonly [string, (file: string) => void])[] = [
  ['JKS', (file) => copyFileSync(ownKeyStore(), file)],
  ['PKCS#12 without a password, as since Java 18', (file) => importAs('PKCS12', file, 'changeit', OPEN)],
];

const OPEN = ['-J-Dkeystore.pkcs12.certProtectionAlgorithm=NONE', '-J-Dkeystore.pkcs12.macAlgorithm=NONE'];

describeWith(['java', 'keytool', 'cp', 'mv'], "Java's key stores, with the real Java", () => {
  let anchor: TrustAnchor;
  let server: WatchedServer;
  beforeAll(async () => {
    const authority = await createEphemeralAuthority();
    anchor = anchorOf(authority);
    server = await watchedServer(authority);
  });
  afterAll(() => server[Symbol.dispose]());

  it.each(FORMATS)(
    'are trusted by Java from the install to the uninstall: %s',
    async (_format, make) => {
      using scratch = scratchWorld();
      const { home, cacerts } = copyJava(scratch.home, make);
      chmodSync(cacerts, 0o640);
      const stores = [`java:${cacerts}`];
      const before = listing(cacerts);
      const status = async () => (await trustStatus(anchor, { stores }, scratch.world))[0]?.status;
      expect(await status()).toBe('not-trusted');
      expect(await fetches(server.url, home)).toBe(false);
      expect(await installTrust(anchor, { stores }, scratch.world)).toMatchObject([
        { id: stores[0], status: 'trusted', changed: true, error: undefined },
      ]);
      expect(await fetches(server.url, home)).toBe(true);
      expect(listing(cacerts)).toHaveLength(before.length + 1);
      expect(statSync(cacerts).mode & 0o777).toBe(0o640);
      expect(await uninstallTrust(anchor, { stores }, scratch.world)).toMatchObject([
        { status: 'not-trusted', changed: true },
      ]);
      expect(await fetches(server.url, home)).toBe(false);
      expect(listing(cacerts)).toEqual(before);
      expect(statSync(cacerts).mode & 0o777).toBe(0o640);
      expect(readdirSync(dirname(cacerts)).filter((name) => name.startsWith('cacerts'))).toEqual(['cacerts']);
    },
    60_000,
  );

  it('are changed by the script that a plan prints, as by devca itself', async () => {
    using scratch = scratchWorld();
    const { home, cacerts } = copyJava(scratch.home, (file) => copyFileSync(ownKeyStore(), file));
    const stores = [`java:${cacerts}`];
    const script = planScript(await planTrust('install', anchor, { stores }, scratch.world), scratch.world);
    execFileSync('sh', ['-ec', script], { stdio: 'ignore' });
    expect(await fetches(server.url, home)).toBe(true);
    expect(await trustStatus(anchor, { stores }, scratch.world)).toMatchObject([{ status: 'trusted' }]);
  }, 60_000);

  it('with another password are changed with that, from a file, and not without it', async () => {
    using scratch = scratchWorld();
    const passwordFile = join(scratch.home, 'password');
    writeFileSync(passwordFile, 'geheimnis\n', { mode: 0o600 });
    const { cacerts } = bareJava(scratch.home, (file) => importAs('JKS', file, 'geheimnis'));
    const stores = [`java:${cacerts}`];
    expect(await trustStatus(anchor, { stores }, scratch.world)).toMatchObject([{ status: 'not-trusted' }]);
    expect(await installTrust(anchor, { stores }, scratch.world)).toMatchObject([
      { status: 'permission', error: { code: 'DEVCA_TRUST_JAVA_PASSWORD' } },
    ]);
    const { system } = scratch.world;
    const environment = { ...system.environment, DEVCA_JAVA_PASSWORD_FILE: passwordFile };
    const world = { ...scratch.world, system: { ...system, environment } };
    expect(await installTrust(anchor, { stores }, world)).toMatchObject([{ status: 'trusted' }]);
    const before = listing(cacerts, '-storepass', 'geheimnis').length;
    expect(await uninstallTrust(anchor, { stores }, world)).toMatchObject([{ status: 'not-trusted' }]);
    expect(listing(cacerts, '-storepass', 'geheimnis')).toHaveLength(before - 1);
  }, 60_000);

  it('that Java can not read by itself are not called trusted', async () => {
    using scratch = scratchWorld();
    const { home, cacerts } = copyJava(scratch.home, (file) => importAs('PKCS12', file, 'changeit'));
    keytool(['-importcert', '-noprompt', '-alias', 'mine', '-keystore', cacerts], anchorPem(anchor));
    const stores = [`java:${cacerts}`];
    expect(await fetches(server.url, home)).toBe(false);
    expect(await trustStatus(anchor, { stores }, scratch.world)).toMatchObject([{ status: 'partial' }]);
    expect(await installTrust(anchor, { stores }, scratch.world)).toMatchObject([
      { changed: false, error: { code: 'DEVCA_TRUST_JAVA_SEALED' } },
    ]);
  }, 60_000);

  it('that are damaged are left as they are', async () => {
    using scratch = scratchWorld();
    const { cacerts } = bareJava(scratch.home, (file) =>
      writeFileSync(file, readFileSync(ownKeyStore()).subarray(0, 10_000)),
    );
    const before = readFileSync(cacerts);
    expect(await installTrust(anchor, { stores: [`java:${cacerts}`] }, scratch.world)).toMatchObject([
      { status: 'unknown', error: { code: 'DEVCA_TRUST_JAVA_UNREADABLE' } },
    ]);
    expect(readFileSync(cacerts)).toEqual(before);
  }, 60_000);
});

function importAs(type: string, file: string, password: string, flags: readonly string[] = []): void {
  const target = ['-destkeystore', file, '-deststoretype', type, '-deststorepass', password];
  execFileSync(
    join(javaHome(), 'bin/keytool'),
    [
      ...flags,
      ...[
        '-importkeystore',
        '-noprompt',
        '-srckeystore',
        ownKeyStore(),
        '-srcstorepass',
        'changeit',
        ...target,
      ],
    ],
    { stdio: 'ignore' },
  );
}
