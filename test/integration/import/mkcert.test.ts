import { mkdirSync, readFileSync } from 'node:fs';
import { beforeAll, expect, it, jest } from '@jest/globals';
import { visit } from '../../support/browser.ts';
import { describeWith } from '../../support/tools.ts';
import { serveWatched } from '../../support/trust-lab.ts';
import { fetchWith, goProgram } from './fetch-with.ts';
import { type ImportDocument, type ImportLab, importLab } from './lab.ts';

jest.setTimeout(120_000);

const CHROMIUM = [
  'chromium',
  ...['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--dump-dom'],
  ...['--disable-background-networking', '--disable-component-update', '--disable-sync', 'URL'],
];

/** Root's own stores are left alone. */
const NSS_ONLY = { TRUST_STORES: 'nss' };

describeWith(
  ['mkcert', 'certutil', 'openssl', 'curl'],
  "mkcert's authority, once devca has imported it",
  () => {
    let lab: ImportLab;
    let imported: ImportDocument;
    let files: Readonly<Record<string, string>>;
    beforeAll(async () => {
      lab = importLab();
      mkdirSync(lab.path('.pki/nssdb'), { recursive: true });
      lab.tool('certutil', ['-N', '-d', `sql:${lab.path('.pki/nssdb')}`, '--empty-password']);
      lab.tool('mkcert', ['-install'], NSS_ONLY);
      imported = await lab.json<ImportDocument>('ca', 'import', '--from', 'mkcert', '--keystore', 'file');
      const issued = await lab.json<{ files: Readonly<Record<string, string>> }>(
        'issue',
        'localhost',
        '127.0.0.1',
      );
      files = issued.files;
    });

    const served = () =>
      serveWatched({ cert: readFileSync(files['fullchain'] ?? ''), key: readFileSync(files['key'] ?? '') });

    it('issues from its root, and is trusted where mkcert has put that', async () => {
      expect(imported).toMatchObject({
        issuesFrom: 'root',
        authority: { name: 'mkcert', intermediate: null },
      });
      const root = lab.tool('openssl', [
        'x509',
        '-in',
        '.local/share/mkcert/rootCA.pem',
        '-noout',
        '-sha256',
        '-fingerprint',
      ]);
      expect(root.trim().split('=')[1]?.replaceAll(':', '').toLowerCase()).toBe(
        imported.authority.root.sha256,
      );
      const stores = Object.fromEntries(imported.trust.map(({ store, status }) => [store, status]));
      expect(stores[`nss:${lab.path('.pki/nssdb')}`]).toBe('trusted');
    });

    it('is accepted by OpenSSL and curl by the root that mkcert has made', async () => {
      const root = lab.path('.local/share/mkcert/rootCA.pem');
      const verify = ['verify', '-x509_strict', '-purpose', 'sslserver', '-verify_hostname', 'localhost'];
      expect(lab.tool('openssl', [...verify, '-CAfile', root, files['cert'] ?? ''])).toContain('OK');
      using server = await served();
      const seen = server.nextVerdict();
      expect(await fetchWith('curl', ['-sS', '--cacert', root, server.url], lab)).toContain('accepted');
      expect(await seen).toBe('accepted');
    });

    describeWith(['go'], 'and Go', () => {
      it('accepts it too', async () => {
        using server = await served();
        const root = { SSL_CERT_FILE: lab.path('.local/share/mkcert/rootCA.pem') };
        expect(await fetchWith(goProgram(lab), [server.url], lab, root)).toContain('200');
      });
    });

    describeWith(['chromium'], 'and Chromium', () => {
      it('accepts it without any trust of devca', async () => {
        using server = await served();
        expect(await visit(server, CHROMIUM, lab.home)).toBe('accepted');
      });

      it('refuses it where mkcert was uninstalled', async () => {
        lab.tool('mkcert', ['-uninstall'], NSS_ONLY);
        using server = await served();
        expect(await visit(server, CHROMIUM, lab.home)).toBe('refused');
      });
    });
  },
);
