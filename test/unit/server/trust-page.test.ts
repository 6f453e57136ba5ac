import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { createEphemeralAuthority } from '../../../src/authority/ephemeral-authority.ts';
import { rootScope } from '../../../src/lifecycle/root-scope.ts';
import { fingerprintLines, type ServedRoot } from '../../../src/server/served-root.ts';
import { trustSite } from '../../../src/server/trust-site.ts';
import { anchorFileName, trustAnchorOf } from '../../../src/truststore/trust-anchor.ts';
import { PROJECT } from '../../support/devca.ts';

const read = (name: string): string => readFileSync(join(PROJECT, 'templates/page', name), 'utf8');
const template = { html: read('trust.html'), style: read('trust.css') };

async function newRoot(changes: Partial<ServedRoot> = {}): Promise<ServedRoot> {
  const { root } = await createEphemeralAuthority();
  const anchor = trustAnchorOf(root);
  const { notBefore, notAfter } = root;
  const scope = rootScope(root);
  return { ...anchor, fileName: anchorFileName(anchor), notBefore, notAfter, scope, ...changes };
}

function siteOf(...roots: readonly ServedRoot[]) {
  const files = trustSite({ roots, template, path: '/secret', origin: 'http://192.168.1.5:4711' });
  const page = (userAgent = ''): string =>
    Buffer.from(files.get('/secret')?.body(userAgent) ?? []).toString('utf8');
  return { files, page };
}

describe('the page with the root', () => {
  it('is complete: every place of the template is filled', async () => {
    const html = siteOf(await newRoot()).page();
    expect(html).not.toMatch(/\{\{|\}\}|undefined/);
    expect(template.html.match(/\{\{open-[a-z]+\}\}/g)).toHaveLength(5);
  });

  it('shows the fingerprint in the groups that the terminal has', async () => {
    const root = await newRoot();
    const text = siteOf(root)
      .page()
      .replaceAll(/<[^>]*>/g, '');
    expect(text).toContain(fingerprintLines(root.sha256).flat().join(' '));
    expect(fingerprintLines(root.sha256).flat().join('')).toBe(root.sha256);
  });

  it('says what the root may sign for, and until when', async () => {
    const root = await newRoot();
    const html = siteOf(root).page();
    expect(html).toContain('localhost, test, internal');
    expect(html).toContain('any address');
    expect(html).toContain(`to ${root.notAfter.toISOString().slice(0, 10)}`);
    expect(html).not.toContain('class="alarm"');
  });

  it('warns of a root that may sign for every name', async () => {
    const html = siteOf(await newRoot({ scope: undefined })).page();
    expect(html).toContain('EVERY NAME');
    expect(html).toContain('<p class="alarm"');
  });

  it('serves the page and the root in three forms, and each link leads to one of them', async () => {
    const root = await newRoot();
    const { files, page } = siteOf(root);
    const names = [...files.keys()].map((path) => path.replace('/secret', ''));
    expect(names).toEqual(['', '/', '/devca.mobileconfig', `/${root.fileName}.crt`, `/${root.fileName}.pem`]);
    const links = [...page().matchAll(/href="([^"]*)"/g)].map((match) => match[1] ?? '');
    expect(links.length).toBeGreaterThan(3);
    for (const link of links) expect([...files.keys()]).toContain(link);
    expect(files.get(`/secret/${root.fileName}.crt`)?.body('')).toEqual(root.certificate);
    const everything = [...files.values()].map(({ body }) => Buffer.from(body('')).toString('latin1')).join();
    expect(everything).not.toContain('PRIVATE');
  });

  it('has all roots of an authority, each by its own name', async () => {
    const roots = [await newRoot({ name: 'devca first' }), await newRoot({ name: 'devca second' })];
    const { files, page } = siteOf(...roots);
    expect(files.size).toBe(7);
    const html = page();
    for (const { name, sha256 } of roots) {
      expect(html).toContain(`<h2>${name}</h2>`);
      expect(html).toContain(sha256.slice(0, 4));
    }
    expect(Buffer.from(files.get('/secret/devca.mobileconfig')?.body('') ?? []).toString()).toMatch(
      /devca first[\s\S]*devca second/,
    );
  });

  it.each([
    ['Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) Safari/604.1', 'iPhone and iPad'],
    ['Mozilla/5.0 (Linux; Android 15; Pixel 9) Chrome/140.0 Mobile', 'Android'],
    ['Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/140.0', 'Windows'],
    ['Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Safari/605.1.15', 'macOS'],
    ['Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Firefox/140.0', 'Linux'],
    ['<script>alert(1)</script>', undefined],
  ])('opens the part for %s', async (userAgent, title) => {
    const html = siteOf(await newRoot()).page(userAgent);
    const opened = [...html.matchAll(/<details open>\n<summary>([^<]*)/g)].map((match) => match[1]);
    expect(opened).toEqual(title === undefined ? [] : [title]);
    expect(html).not.toContain('alert');
  });

  it('has no markup from the name of a root', async () => {
    const name = `devca <img src=x onerror=alert(1)>" ' {{style}} \u202e`;
    const { page } = siteOf(await newRoot({ name }), await newRoot({ name }));
    expect(page()).not.toContain('<img');
    expect(page()).toContain('devca &lt;img src=x onerror=alert(1)&gt;&quot; &#39; {{style}} \\u{202e}');
  });

  it('runs no script, loads nothing, and allows its own style alone', async () => {
    const { files, page } = siteOf(await newRoot());
    const html = page();
    expect(html).not.toMatch(/<script|<link|<img|<form|style="|\son\w+=|url\(/);
    const style = /<style>([\s\S]*?)<\/style>/.exec(html)?.[1] ?? '';
    const hash = createHash('sha256').update(style).digest('base64');
    expect(files.get('/secret')?.headers['Content-Security-Policy']).toContain(`style-src 'sha256-${hash}'`);
  });
});
