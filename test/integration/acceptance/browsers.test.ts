import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { acceptanceSuite } from '../../support/acceptance-suite.ts';
import type { Trial } from '../../support/acceptance-trials.ts';
import { runProgram, type Verdict, type Wording } from '../../support/acceptance-verdicts.ts';
import { judgeInBrowser } from '../../support/fetching-page.ts';
import { serveTrials } from '../../support/served-trials.ts';
import { toolOrFail } from '../../support/tools.ts';

// A page is told no reason.
const FAILED = /TypeError/;
const WORDING: Wording = {
  name: FAILED,
  purpose: FAILED,
  authority: FAILED,
  'not-an-authority': FAILED,
  expired: FAILED,
  'not-yet-valid': FAILED,
  constraint: FAILED,
  'path-length': FAILED,
};

// A page may fetch from the local network only after a prompt, which nobody would answer.
const CHROMIUM = [
  'chromium',
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-features=LocalNetworkAccessChecks',
  '--host-resolver-rules=MAP * 127.0.0.1',
  'URL',
];

const FIREFOX_SETTINGS = {
  'network.dns.forceResolve': '127.0.0.1',
  'network.captive-portal-service.enabled': false,
  'network.connectivity-service.enabled': false,
};

/** No browser knows Ed25519 keys, of which devca warns. */
const isForBrowsers = ({ id, purpose }: Trial): boolean => purpose === 'server' && !id.includes(' ed25519 ');

acceptanceSuite({
  name: 'Chromium',
  tools: ['chromium', 'certutil'],
  wording: WORDING,
  takes: isForBrowsers,
  judge: async (trials, folder) => {
    const home = mkdtempSync(join(folder, 'chromium-'));
    await trustInNss(trials, join(home, '.local/share/pki/nssdb'), home);
    return await judge(trials, CHROMIUM, home);
  },
});

acceptanceSuite({
  name: 'Firefox',
  tools: ['firefox-esr', 'certutil'],
  wording: WORDING,
  // Names can be sent to this machine, addresses cannot.
  takes: (trial) => isForBrowsers(trial) && (trial.name?.kind !== 'ip' || trial.name.value === '127.0.0.1'),
  judge: async (trials, folder) => {
    const home = mkdtempSync(join(folder, 'firefox-'));
    const profile = join(home, 'profile');
    await trustInNss(trials, profile, home);
    const settings = Object.entries(FIREFOX_SETTINGS).map(
      ([name, value]) => `user_pref("${name}", ${JSON.stringify(value)});\n`,
    );
    writeFileSync(join(profile, 'user.js'), settings.join(''));
    return await judge(trials, ['firefox-esr', '--headless', '--profile', profile, 'URL'], home);
  },
});

async function judge(
  trials: readonly Trial[],
  command: readonly string[],
  home: string,
): Promise<readonly Verdict[]> {
  await using served = await serveTrials(trials, { mutual: false });
  return await judgeInBrowser(served.trials, command, home);
}

/** A database that trusts the root of the trials and nothing else besides what the browser brings. */
async function trustInNss(trials: readonly Trial[], database: string, home: string): Promise<void> {
  mkdirSync(database, { recursive: true });
  for (const args of [
    ['-N', '--empty-password'],
    ['-A', '-t', 'C,,', '-n', 'devca root', '-i', trials[0]?.root ?? ''],
  ]) {
    const outcome = await runProgram(toolOrFail('certutil'), ['-d', `sql:${database}`, ...args], { home });
    if (outcome.status !== 0) throw new Error(`certutil ended with ${outcome.status}: ${outcome.stderr}`);
  }
}
