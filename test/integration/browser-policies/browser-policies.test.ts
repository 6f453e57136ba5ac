import { describe, expect, it } from '@jest/globals';
import { describeWith } from '../../support/tools.ts';
import { runInNamespace } from '../trust-debian/namespace.ts';
import type { PolicyInput, PolicyResult } from './scenario.ts';

const run = (input: PolicyInput) =>
  runInNamespace<PolicyResult>('../browser-policies/scenario.ts', input, { as: 'root' });

const firefox = {
  kind: 'firefox-policy',
  browser: ['firefox-esr', '--headless', 'URL'],
  folder: '/etc/firefox',
};

const chromium = {
  kind: 'chromium-policy',
  browser: [
    ...['chromium', '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
    ...['--disable-background-networking', '--disable-component-update', '--dump-dom', 'URL'],
  ],
  folder: '/etc/chromium',
};

/** As administrators write them, in forms of their own. */
const OWN_POLICIES = `{ "policies": {\n\t"DisableTelemetry" : true,\n\t"Certificates": { "Install": ["/srv/company.pem"] } } }`;

describeWith(
  ['unshare', 'firefox-esr', 'chromium', 'certutil'],
  'Policies of browsers, in a namespace',
  () => {
    describe('of Firefox', () => {
      it('bring the root to a new profile, and are gone again afterwards', async () => {
        const { before, installed, outcome, after } = await run({ ...firefox, present: {} });
        expect(before).toMatchObject({ status: ['not-trusted'], verdict: 'refused' });
        expect(outcome).toEqual([expect.stringMatching(/trusted \| changed \| .*at its next start/)]);
        expect(installed).toMatchObject({ status: ['trusted'], verdict: 'accepted' });
        expect(after).toEqual(before);
      }, 120_000);

      it('leave the root in profiles that took it in, which an uninstall from those either ends or tells', async () => {
        const { profile } = await run({ ...firefox, present: {} });
        // By the version of certutil: 3.87 does not know the form in which Firefox 153 stores trust.
        const told = profile.includes('DEVCA_TRUST_NSS_IMPORTED');
        expect(told || profile.includes('removed')).toBe(true);
        expect(profile.at(-1)).toBe(told ? 'accepted' : 'refused');
      }, 120_000);

      it("leave an administrator's policies as they are, byte for byte", async () => {
        const path = '/etc/firefox/policies/policies.json';
        const { before, installed, after } = await run({ ...firefox, present: { [path]: OWN_POLICIES } });
        expect(installed).toMatchObject({ status: ['trusted'], verdict: 'accepted' });
        expect(installed.files[path]).toContain('"DisableTelemetry" : true');
        expect(installed.files[path]).toContain('/srv/company.pem');
        expect(after).toEqual(before);
      }, 120_000);
    });

    describe('of Chromium', () => {
      it('hold the root themselves, and are gone again afterwards', async () => {
        const { before, installed, after } = await run({ ...chromium, present: {} });
        expect(before).toMatchObject({ status: ['not-trusted'], verdict: 'refused' });
        expect(installed).toMatchObject({ status: ['trusted'], verdict: 'accepted' });
        expect(after).toEqual(before);
      }, 120_000);

      it("join an administrator's list, in the file that counts", async () => {
        const folder = '/etc/chromium/policies/managed';
        const company = JSON.stringify({ CACertificates: ['AAAA'], BookmarkBarEnabled: false });
        const { before, installed, after } = await run({
          ...chromium,
          present: {
            [`${folder}/a.json`]: '{"CACertificates":["BBBB"]}',
            [`${folder}/zz-company.json`]: company,
          },
        });
        expect(installed).toMatchObject({ status: ['trusted'], verdict: 'accepted' });
        expect(Object.keys(installed.files)).toEqual(Object.keys(before.files));
        expect(after).toEqual(before);
      }, 120_000);
    });
  },
);
