import { describeScope } from '../lifecycle/root-scope.ts';
import { forHtml, forShell } from '../platform/escape.ts';
import { fingerprintLines, type ServedRoot } from './served-root.ts';

/** The files of templates/page. */
export interface TrustPageTemplate {
  readonly html: string;
  readonly style: string;
}

export interface TrustPageLinks {
  /** The whole URL, for a command line elsewhere. */
  readonly page: string;
  /** The path below which the roots are. */
  readonly folder: string;
  readonly profile: string;
}

/**
 * The page by which others trust roots: what they are, by which fingerprint, and how each system takes them. The part for
 * the system that asks is open; nothing else of what it says about itself is used.
 */
export function renderTrustPage(
  roots: readonly ServedRoot[],
  template: TrustPageTemplate,
  links: TrustPageLinks,
  userAgent: string,
): string {
  const one = roots.length === 1;
  const fileOf = (root: ServedRoot, extension: string) => `${root.fileName}.${extension}`;
  const buttons = (extension: string): string =>
    roots
      .map((root) => button(`${links.folder}${fileOf(root, extension)}`, one ? '' : root.name, extension))
      .join('\n');
  const commands = (extension: string, command: (name: string, url: string) => string): string =>
    roots
      .map((root) => fileOf(root, extension))
      .map(
        (name) => `<pre tabindex="0"><code>${forHtml(command(name, `${links.page}/${name}`))}</code></pre>`,
      )
      .join('\n');
  const parts: Readonly<Record<string, string>> = {
    title: forHtml(one && roots[0] !== undefined ? roots[0].name : 'Roots of devca'),
    style: template.style,
    roots: roots.map(rootCard).join('\n'),
    warning: roots.some(({ scope }) => scope === undefined) ? UNCONSTRAINED : '',
    profile: forHtml(links.profile),
    crt: buttons('crt'),
    pem: buttons('pem'),
    names: roots.map(({ name }) => `<strong>${forHtml(name)}</strong>`).join(' and '),
    devca: commands('pem', (name, url) => `curl -fO ${url}\ndevca trust install --from ${forShell(name)}`),
    certutil: commands('crt', (name) => `certutil -user -addstore Root ${name}`),
    security: commands(
      'crt',
      (name) =>
        `security add-trusted-cert -r trustRoot -p ssl \\\n  -k ~/Library/Keychains/login.keychain-db ${name}`,
    ),
    debian: commands(
      'pem',
      (name) =>
        `sudo install -m 644 ${name} \\\n  /usr/local/share/ca-certificates/${name.replace(/pem$/, 'crt')}\nsudo update-ca-certificates`,
    ),
    fedora: commands(
      'pem',
      (name) => `sudo install -m 644 ${name} /etc/pki/ca-trust/source/anchors/\nsudo update-ca-trust`,
    ),
    ...Object.fromEntries(
      SYSTEMS.map(({ name }) => [`open-${name}`, name === systemOf(userAgent) ? ' open' : '']),
    ),
  };
  return template.html.replace(/\{\{([a-z-]+)\}\}/g, (_match, name: string) => parts[name] ?? '');
}

/** The first that fits: Android says that it is Linux, and iPads may say that they are Macs. */
const SYSTEMS: readonly { readonly name: string; readonly pattern: RegExp }[] = [
  { name: 'apple', pattern: /iPhone|iPad|iPod/ },
  { name: 'android', pattern: /Android/ },
  { name: 'windows', pattern: /Windows/ },
  { name: 'mac', pattern: /Macintosh/ },
  { name: 'linux', pattern: /Linux|X11|CrOS/ },
];

const systemOf = (userAgent: string): string | undefined =>
  SYSTEMS.find(({ pattern }) => pattern.test(userAgent))?.name;

const UNCONSTRAINED =
  '<p class="alarm" role="note"><strong>A root on this page may sign for every name.</strong> Whoever has its key, or that of an authority below it, can pretend to be your bank towards the device that trusts it.</p>';

function rootCard(root: ServedRoot): string {
  const day = (date: Date): string => date.toISOString().slice(0, 10);
  const rows: readonly (readonly [string, string])[] = [
    ['Valid', `${day(root.notBefore)} to ${day(root.notAfter)}`],
    ['May sign for', describeScope(root.scope)],
  ];
  const facts = rows.map(([name, value]) => `<div><dt>${name}</dt><dd>${forHtml(value)}</dd></div>`).join('');
  const lines = fingerprintLines(root.sha256)
    .map((groups) => groups.map((group) => `<span>${forHtml(group)}</span>`).join(' '))
    .join(' ');
  return `<section class="root">
<h2>${forHtml(root.name)}</h2>
<h3>SHA-256 fingerprint</h3>
<p class="fingerprint">${lines}</p>
<dl>${facts}</dl>
</section>`;
}

const button = (href: string, name: string, extension: string): string =>
  `<p><a class="button" href="${forHtml(href)}">Download the certificate (.${extension})${name === '' ? '' : `<br><small>${forHtml(name)}</small>`}</a></p>`;
