import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { visit } from '../../support/browser.ts';
import { describeWith } from '../../support/tools.ts';
import { serveWatched, type WatchedServer } from '../../support/trust-lab.ts';
import { HELD_HOME, type HeldNamespace, holdNamespace } from '../trust-debian/namespace.ts';
import { buildGoClient, clients, DEVCA, fetchAll, TOOLS } from './clients.ts';

const CHROMIUM = [
  'chromium',
  ...['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--dump-dom'],
  ...['--disable-background-networking', '--disable-component-update', '--disable-sync', 'URL'],
];
const FIREFOX = ['firefox-esr', '--headless', 'URL'];
const BROWSERS = ['chromium', 'firefox-esr', 'certutil', 'keytool', 'update-ca-certificates'];

const OLD = join(HELD_HOME, '.pki');
const NEW = join(HELD_HOME, '.local/share/pki');

/** As devca names them. */
const STORES = [
  'system',
  `nss:${OLD}/nssdb`,
  `nss:${NEW}/nssdb`,
  `nss:${HELD_HOME}/.config/mozilla/firefox`,
  'java:/etc/ssl/certs/java/cacerts',
];

/** What is written as text: the same bytes, owners and modes afterwards. */
const FILES = `
cd /
set -- etc/ssl etc/ca-certificates etc/ca-certificates.conf usr/local/share/ca-certificates
find "$@" -path etc/ssl/certs/java -prune -o -printf '%y %m %U:%G %p %l\\n' | sort
find "$@" -path etc/ssl/certs/java -prune -o -type f -print | sort | xargs sha256sum
`;

/** What tools write anew: the same certificates and trust. */
const LISTINGS = `
for database in ${OLD}/nssdb ${NEW}/nssdb ${HELD_HOME}/.config/mozilla/firefox/*.default*/; do
  [ -f "$database/cert9.db" ] || continue
  echo "$database"
  certutil -L -d "sql:$database" | sort
done
stat -c '%n %a %U:%G' /etc/ssl/certs/java/*
keytool -list -rfc -keystore /etc/ssl/certs/java/cacerts -storepass changeit 2>/dev/null |
  grep -v -e '^Creation date' -e '^Your keystore' | awk '/^Alias name/ { alias = $0 } /./ { print alias ": " $0 }' | sort
`;

interface Fetched {
  readonly programs: readonly string[];
  readonly chromiumOld: string;
  readonly chromiumNew: string;
  readonly firefox: string;
}

interface Observation {
  readonly fetched: Fetched;
  /** Of every store that a status names, the status. */
  readonly stores: readonly string[];
  readonly files: readonly string[];
  readonly listings: readonly string[];
}

const REFUSED: Fetched = { programs: [], chromiumOld: 'refused', chromiumNew: 'refused', firefox: 'refused' };

describeWith([...TOOLS, ...BROWSERS, 'nsenter', 'unshare'], 'devca on a whole machine', () => {
  let folder: string;
  let namespace: HeldNamespace;
  let server: WatchedServer;
  let before: Observation;
  let installed: Observation;
  let after: Observation;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'devca-everything-'));
    namespace = await holdNamespace();
    buildGoClient(folder);
    devca('init', '--no-trust');
    devca('issue', 'localhost', '127.0.0.1', '--out', HELD_HOME);
    const read = (name: string): string => run('cat', join(HELD_HOME, `localhost+1${name}.pem`));
    server = await serveWatched({ cert: read('-fullchain'), key: read('-key') });
    // As an old Chromium would have made it; the new one and Firefox make their own when they are started.
    shell(`mkdir -p ${OLD}/nssdb && certutil -N -d sql:${OLD}/nssdb --empty-password`);
    before = await observe({ withRun: false });
    devca('trust', 'install');
    installed = await observe({ withRun: true });
    devca('trust', 'uninstall');
    after = await observe({ withRun: false });
  }, 300_000);
  afterAll(async () => {
    server?.[Symbol.dispose]();
    await namespace?.[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  });

  function run(...words: readonly string[]): string {
    const [file = '', ...args] = namespace.enter(words);
    return execFileSync(file, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  }
  const shell = (script: string): string => run('sh', '-c', script);
  const devca = (...args: readonly string[]): string => run(...DEVCA, ...args);
  const browse = (command: readonly string[]) => visit(server, namespace.enter(command), folder);

  async function observe(how: { withRun: boolean }): Promise<Observation> {
    const programs = await fetchAll(server.url, folder, namespace, how);
    const firefox = await browse(FIREFOX);
    // Where the old place is there, Chromium looks into no other.
    const chromiumOld = await browse(CHROMIUM);
    shell(`mv ${OLD} ${OLD}-away`);
    const chromiumNew = await browse(CHROMIUM);
    shell(`mv ${OLD}-away ${OLD}`);
    return {
      fetched: { programs, chromiumOld, chromiumNew, firefox },
      stores: statuses(),
      files: shell(FILES).split('\n'),
      listings: shell(LISTINGS).split('\n'),
    };
  }

  /** A status that not every store trusts the root is a status of the command too. */
  function statuses(): readonly string[] {
    const text = shell(`${DEVCA.join(' ')} trust status --json || [ $? = 4 ]`);
    const { stores } = JSON.parse(text) as { stores: readonly { id: string; status: string }[] };
    return stores
      .filter(({ status }) => status !== 'unsupported')
      .map(({ id, status }) => `${id.replace(/firefox\/.*$/, 'firefox')} ${status}`);
  }

  it('is refused by every program, with the root in no store', () => {
    expect(before.fetched).toEqual(REFUSED);
    expect(before.stores).toEqual(STORES.map((id) => `${id} not-trusted`));
  });

  it('is trusted by every program after "trust install"', () => {
    const programs = clients(folder).map(({ name }) => name);
    expect(installed.fetched).toEqual({
      programs: programs.sort(),
      chromiumOld: 'accepted',
      chromiumNew: 'accepted',
      firefox: 'accepted',
    });
    expect(installed.stores).toEqual(STORES.map((id) => `${id} trusted`));
  });

  it('is refused by every program again after "trust uninstall"', () => {
    expect(after.fetched).toEqual(REFUSED);
    expect(after.stores).toEqual(before.stores);
  });

  it('leaves every file of the system as it was, byte for byte', () => {
    expect(installed.files).not.toEqual(before.files);
    expect(after.files).toEqual(before.files);
  });

  it('leaves the same certificates and trust in what is written by tools', () => {
    expect(installed.listings).not.toEqual(before.listings);
    expect(after.listings).toEqual(before.listings);
    expect(before.listings.filter((line) => line.startsWith(HELD_HOME))).toHaveLength(3);
  });
});
