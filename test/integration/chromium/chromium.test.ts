import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createEphemeralAuthority } from '../../../src/authority/ephemeral-authority.ts';
import { installTrust, uninstallTrust } from '../../../src/truststore/trust.ts';
import type { TrustAnchor } from '../../../src/truststore/trust-anchor.ts';
import { visit } from '../../support/browser.ts';
import { describeWith } from '../../support/tools.ts';
import {
  anchorOf,
  type ScratchWorld,
  scratchWorld,
  type WatchedServer,
  watchedServer,
} from '../../support/trust-lab.ts';

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
  '--dump-dom',
  'URL',
];

const OLD = '.pki/nssdb';
const NEW = '.local/share/pki/nssdb';
const stores = ['nss'];

describeWith(['chromium', 'certutil'], 'Chromium', () => {
  let anchor: TrustAnchor;
  let server: WatchedServer;
  beforeAll(async () => {
    const authority = await createEphemeralAuthority();
    anchor = anchorOf(authority);
    server = await watchedServer(authority);
  });
  afterAll(() => server[Symbol.dispose]());
  const look = ({ home }: ScratchWorld) => visit(server, CHROMIUM, home);
  const changed = (outcomes: readonly { id: string; changed: boolean }[], { home }: ScratchWorld): string[] =>
    outcomes.flatMap((outcome) => (outcome.changed ? [outcome.id.replace(`nss:${home}/`, '')] : []));

  it('accepts the root from a database that devca made, before it was ever started, and not after the uninstall', async () => {
    using scratch = scratchWorld();
    expect(changed(await installTrust(anchor, { stores }, scratch.world), scratch)).toEqual([NEW]);
    expect(await look(scratch)).toBe('accepted');
    expect(changed(await uninstallTrust(anchor, { stores }, scratch.world), scratch)).toEqual([NEW]);
    expect(await look(scratch)).toBe('refused');
  }, 60_000);

  it('accepts it from the database that it made itself', async () => {
    using scratch = scratchWorld();
    expect(await look(scratch)).toBe('refused');
    expect(changed(await installTrust(anchor, { stores }, scratch.world), scratch)).toEqual([NEW]);
    expect(await look(scratch)).toBe('accepted');
  }, 60_000);

  it('accepts it from the old place, which shadows the new one', async () => {
    using scratch = scratchWorld();
    for (const place of [OLD, NEW]) {
      mkdirSync(join(scratch.home, place), { recursive: true });
      execFileSync('certutil', ['-N', '-d', `sql:${join(scratch.home, place)}`, '--empty-password']);
    }
    expect(await look(scratch)).toBe('refused');
    expect(changed(await installTrust(anchor, { stores }, scratch.world), scratch)).toEqual([OLD, NEW]);
    expect(await look(scratch)).toBe('accepted');
    expect(changed(await uninstallTrust(anchor, { stores }, scratch.world), scratch)).toEqual([OLD, NEW]);
    expect(await look(scratch)).toBe('refused');
  }, 60_000);

  it('accepts it from the old place where that is an empty folder, which shadows the new one too', async () => {
    using scratch = scratchWorld();
    mkdirSync(join(scratch.home, OLD), { recursive: true });
    expect(changed(await installTrust(anchor, { stores }, scratch.world), scratch)).toEqual([OLD]);
    expect(await look(scratch)).toBe('accepted');
  }, 60_000);
});
