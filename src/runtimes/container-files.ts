import { DevcaError } from '../errors/devca-error.ts';
import { sha256Hex } from '../pki/fingerprint.ts';
import { encodeJks } from '../pki/jks-writer.ts';
import { encodePem } from '../pki/pem.ts';
import { isLine } from '../platform/environment-escape.ts';
import type { RandomBytes } from '../platform/random.ts';
import { JAVA_PASSWORD } from './java-roots.ts';
import { certificatesInPem } from './root-source.ts';
import { TRUST_VARIABLES, type TrustVariable } from './trust-variables.ts';

/** What devca has configuration for: containers that trust its roots. */
export const CONTAINER_KINDS = ['dockerfile', 'compose', 'devcontainer'] as const;
export type ContainerKind = (typeof CONTAINER_KINDS)[number];

/** The files of templates/containers. */
export const CONTAINER_TEMPLATES: Readonly<Record<ContainerKind, string>> = {
  dockerfile: 'Dockerfile',
  compose: 'compose.yaml',
  devcontainer: 'devcontainer.json',
};
export const TRUST_SCRIPT = 'trust.sh';

export interface ContainerRequest {
  readonly kind: ContainerKind;
  /** Texts of the kind's template and of the script. */
  readonly template: string;
  readonly script: string;
  /** DER of devca's roots. */
  readonly roots: readonly Uint8Array[];
  /** PEM of everything that is to be trusted in a container that brings no roots of its own. */
  readonly bundle: Uint8Array;
  /** For `compose`. */
  readonly service: string;
  /** For `compose`: where the service's own certificate, with its chain, and key are. */
  readonly certificate?: { readonly cert: string; readonly key: string };
  /** For `devcontainer`. */
  readonly image: string;
  readonly random: RandomBytes;
}

/** A file of a template, by its path below the folder that it is written to. Public, all of them. */
export interface ContainerFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** Where the public files are in the container. */
const FOLDER = '/usr/local/share/devca';

/** The files of a template; the first is the one that people read. Throws DEVCA_RUNTIME_VALUE. */
export function containerFiles(request: ContainerRequest): readonly [ContainerFile, ...ContainerFile[]] {
  const { kind, script, roots, bundle } = request;
  const text = (path: string, content: string): ContainerFile => ({
    path,
    bytes: Buffer.from(content, 'utf8'),
  });
  const rootsPem = roots.map((der) => encodePem('CERTIFICATE', der));
  const forTools = [
    text(`devca/${TRUST_SCRIPT}`, script),
    ...roots.map((der, index) =>
      text(`devca/devca-${sha256Hex(der).slice(0, 16)}.crt`, rootsPem[index] ?? ''),
    ),
  ];
  const all = text('devca/roots.pem', rootsPem.join(''));
  const merged = { path: 'devca/bundle.pem', bytes: bundle };
  const main = filled(request);
  switch (kind) {
    case 'dockerfile':
      return [text('Dockerfile.devca', main), all, ...forTools];
    case 'compose':
      return [
        text('compose.devca.yaml', main),
        all,
        merged,
        { path: 'devca/trust.jks', bytes: javaStore(request) },
      ];
    case 'devcontainer':
      return [
        text('.devcontainer/devcontainer.json', main),
        ...[all, merged, ...forTools].map((file) => ({ ...file, path: `.devcontainer/${file.path}` })),
      ];
  }
}

function filled({ kind, template, service, image, certificate }: ContainerRequest): string {
  const values: Readonly<Record<string, string>> = {
    folder: FOLDER,
    environment: ENVIRONMENTS[kind],
    service: yaml(service, 'the name of the service'),
    image: JSON.stringify(image),
    secrets: certificate === undefined ? NO_SECRETS : secretsOf(service, certificate),
  };
  return template.replaceAll(/\{\{(\w+)\}\}/g, (_, name: string) => values[name] ?? '');
}

const valueIn = ({ effect }: TrustVariable): string =>
  `${FOLDER}/${effect === 'adds' ? 'roots.pem' : 'bundle.pem'}`;

/** Nothing is named in an image yet. */
const VARIABLES = TRUST_VARIABLES.filter(({ onlyWhereNamed }) => onlyWhereNamed !== true);

/** In an image the system's own roots are devca's too, so only those who do not ask the system need a variable. */
const ENVIRONMENTS: Readonly<Record<ContainerKind, string>> = {
  dockerfile: VARIABLES.filter(({ bySystem }) => bySystem !== true)
    .map((variable) => `${variable.name}=${valueIn(variable)}`)
    .join(' \\\n    '),
  compose: VARIABLES.map((variable) => `${variable.name}: ${valueIn(variable)}`).join('\n      '),
  devcontainer: VARIABLES.map((variable) => `"${variable.name}": "${valueIn(variable)}"`).join(',\n    '),
};

const NO_SECRETS = `    # A certificate of the service's own: devca template compose --certificate NAME`;

/** Files of the host, which the container sees below /run/secrets; the user in it must be able to read them. */
function secretsOf(service: string, { cert, key }: { readonly cert: string; readonly key: string }): string {
  const [certName, keyName] = [`${service}-tls-cert`, `${service}-tls-key`];
  const secret = (name: string, target: string): string =>
    `      - source: ${yaml(name, name)}\n        target: ${target}`;
  const file = (name: string, path: string): string =>
    `  ${yaml(name, name)}:\n    file: ${yaml(path, name)}`;
  return [
    '    secrets: # as /run/secrets/tls.crt and /run/secrets/tls.key',
    secret(certName, 'tls.crt'),
    secret(keyName, 'tls.key'),
    'secrets:',
    file(certName, cert),
    file(keyName, key),
  ].join('\n');
}

/** A plain word, or in quotes, which are those of JSON; Compose takes a dollar sign for the beginning of a variable. */
function yaml(word: string, what: string): string {
  if (!isLine(word)) {
    const reason = 'it has characters that cannot be written there';
    throw new DevcaError('DEVCA_RUNTIME_VALUE', { variable: what, value: word, medium: 'Compose', reason });
  }
  return /^[a-z][a-z0-9_-]*$/.test(word) ? word : JSON.stringify(word).replaceAll('$', '$$$$');
}

/** Made without a look at the clock, so that the same roots give the same file. */
function javaStore({ bundle, random }: ContainerRequest): Uint8Array {
  const trusted = certificatesInPem(bundle, 'bundle.pem').map((certificate) => ({
    alias: sha256Hex(certificate).slice(0, 16),
    certificate,
  }));
  return encodeJks({ trusted }, { password: JAVA_PASSWORD, createdAt: new Date(0), random });
}
