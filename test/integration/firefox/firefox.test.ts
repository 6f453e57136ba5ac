import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createEphemeralAuthority } from '../../../src/authority/ephemeral-authority.ts';
import { installTrust, trustStatus, uninstallTrust } from '../../../src/truststore/trust.ts';
import type { TrustAnchor } from '../../../src/truststore/trust-anchor.ts';
import { visit } from '../../support/browser.ts';
import { describeWith } from '../../support/tools.ts';
import { anchorOf, scratchWorld, type WatchedServer, watchedServer } from '../../support/trust-lab.ts';

const FIREFOX = ['firefox-esr', '--headless', 'URL'];

describeWith(['firefox-esr', 'certutil'], 'Firefox', () => {
  let anchor: TrustAnchor;
  let server: WatchedServer;
  beforeAll(async () => {
    const authority = await createEphemeralAuthority();
    anchor = anchorOf(authority);
    server = await watchedServer(authority);
  });
  afterAll(() => server[Symbol.dispose]());

  it.each([
    ['the place that it chooses', '.config/mozilla/firefox', false],
    ['the old place, which it keeps to where that is there', '.mozilla/firefox', true],
  ])(
    'refuses the root, accepts it once installed, and refuses it again, with its profile in %s',
    async (_where, place, make) => {
      using scratch = scratchWorld();
      if (make) mkdirSync(join(scratch.home, place), { recursive: true });
      const look = () => visit(server, FIREFOX, scratch.home);
      const inPlace = async () =>
        (await trustStatus(anchor, { stores: ['nss'] }, scratch.world)).filter(({ name }) =>
          name.startsWith('Firefox'),
        );
      expect(await inPlace()).toMatchObject([{ status: 'unsupported' }]);
      expect(await look()).toBe('refused');
      const [profile] = await inPlace();
      expect(profile).toMatchObject({
        status: 'not-trusted',
        id: expect.stringContaining(`${scratch.home}/${place}/`),
      });
      const stores = [profile?.id ?? ''];
      expect(await installTrust(anchor, { stores }, scratch.world)).toMatchObject([
        { status: 'trusted', changed: true },
      ]);
      expect(await look()).toBe('accepted');
      expect(await uninstallTrust(anchor, { stores }, scratch.world)).toMatchObject([
        { status: 'not-trusted', changed: true },
      ]);
      expect(await look()).toBe('refused');
    },
    120_000,
  );

  it('that is running sees the root once it is started again, and the row says so', async () => {
    using scratch = scratchWorld();
    const folder = join(scratch.home, '.mozilla/firefox/abc.default');
    mkdirSync(folder, { recursive: true });
    const options = { stores: [`nss:${folder}`] };
    const command = ['firefox-esr', '--headless', '--profile', folder, 'URL'];
    const seen: string[] = [];
    const verdict = await visit(server, command, scratch.home, async () => {
      const [outcome] = await installTrust(anchor, options, scratch.world);
      seen.push(`${outcome?.status}; ${outcome?.detail}`);
    });
    expect(verdict).toBe('refused');
    expect(seen).toEqual([
      expect.stringMatching(/^trusted; .*running \(process \d+\) sees it once restarted$/),
    ]);
    expect(await visit(server, command, scratch.home)).toBe('accepted');
    const [after] = await uninstallTrust(anchor, options, scratch.world);
    expect(after?.detail).not.toContain('restarted');
  }, 120_000);
});
