import { createHash } from 'node:crypto';
import { appleProfile } from '../formats/apple-profile.ts';
import { anchorPem } from '../truststore/trust-anchor.ts';
import type { ServedFile } from './page-server.ts';
import type { ServedRoot } from './served-root.ts';
import { renderTrustPage, type TrustPageTemplate } from './trust-page.ts';

export interface TrustSiteOptions {
  readonly roots: readonly ServedRoot[];
  readonly template: TrustPageTemplate;
  /** What stands before every path, so that nobody finds the page who was not told: `/` and hex. */
  readonly path: string;
  readonly origin: string;
}

/** The page and the roots in the formats of those who take them, by path. Nothing else is ever served. */
export function trustSite({
  roots,
  template,
  path,
  origin,
}: TrustSiteOptions): ReadonlyMap<string, ServedFile> {
  const profileName = 'devca.mobileconfig';
  const [first] = roots;
  const title = roots.length === 1 && first !== undefined ? first.name : `${roots.length} roots of devca`;
  const links = { page: `${origin}${path}`, folder: `${path}/`, profile: `${path}/${profileName}` };
  const page: ServedFile = {
    label: 'the page',
    headers: {
      'Content-Type': 'text/html; charset=utf-8',
      'Content-Security-Policy': pagePolicy(template.style),
    },
    body: (userAgent) => utf8(renderTrustPage(roots, template, links, userAgent)),
  };
  return new Map<string, ServedFile>([
    [path, page],
    [`${path}/`, page],
    [
      links.profile,
      // Without "attachment": Safari then offers to install it instead of saving it as a file.
      file('the profile for Apple devices', 'application/x-apple-aspen-config; charset=utf-8', () =>
        utf8(appleProfile(title, roots)),
      ),
    ],
    ...roots.flatMap((root): [string, ServedFile][] => [
      [
        `${links.folder}${root.fileName}.crt`,
        download(`${root.name} as .crt`, 'application/x-x509-ca-cert', `${root.fileName}.crt`, () => {
          return root.certificate;
        }),
      ],
      [
        `${links.folder}${root.fileName}.pem`,
        download(`${root.name} as .pem`, 'application/x-pem-file', `${root.fileName}.pem`, () =>
          utf8(anchorPem(root)),
        ),
      ],
    ]),
  ]);
}

/** The page's own style, by its hash, and nothing else. */
const pagePolicy = (style: string): string =>
  `default-src 'none'; style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;

const file = (label: string, type: string, body: () => Uint8Array): ServedFile => ({
  label,
  headers: { 'Content-Type': type },
  body,
});

function download(label: string, type: string, name: string, body: () => Uint8Array): ServedFile {
  const headers = { 'Content-Type': type, 'Content-Disposition': `attachment; filename="${name}"` };
  return { label, headers, body };
}

const utf8 = (text: string): Uint8Array => Buffer.from(text, 'utf8');
