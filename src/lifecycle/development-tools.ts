import { join } from 'node:path';
import { isDevcaError } from '../errors/devca-error.ts';
import { sha256Hex } from '../pki/fingerprint.ts';
import { decodePem } from '../pki/pem.ts';
import { dataFolder, userHome } from '../platform/paths.ts';
import type { System } from '../platform/system.ts';
import type { World } from '../platform/world.ts';

/** A tool of somebody else that makes roots for development and puts them into trust stores. */
export interface DevelopmentTool {
  readonly name: string;
  /** The subject of its root, as RFC 4514 text. */
  readonly subject: RegExp;
  /** Where it keeps its root and the key to it. */
  readonly files?: (system: System) => { readonly root: string; readonly key: string };
  /** Takes its root out of the stores again. */
  readonly uninstall?: { readonly program: string; readonly command: string };
}

type Files = NonNullable<DevelopmentTool['files']>;

const inFolder =
  (folder: (system: System) => string, root: string, key: string): Files =>
  (system) => ({ root: join(folder(system), root), key: join(folder(system), key) });

const inHome = (folder: string, root: string, key: string): Files =>
  inFolder((system) => join(userHome(system), folder), root, key);

const inData = (folder: string, root: string, key: string): Files =>
  inFolder((system) => join(dataFolder(system), folder), root, key);

/** By their names in stores; what they do is theirs, but a root that may sign for every name concerns its owner. */
const DEVELOPMENT_TOOLS: readonly DevelopmentTool[] = [
  {
    name: 'mkcert',
    subject: /\bmkcert\b/,
    // Its documentation: CAROOT, else the data folder.
    files: inFolder(
      (system) => system.environment['CAROOT'] || join(dataFolder(system), 'mkcert'),
      'rootCA.pem',
      'rootCA-key.pem',
    ),
    uninstall: { program: 'mkcert', command: 'mkcert -uninstall' },
  },
  {
    name: 'Caddy',
    subject: /Caddy Local Authority/,
    files: inData('caddy/pki/authorities/local', 'root.crt', 'root.key'),
    uninstall: { program: 'caddy', command: 'caddy untrust' },
  },
  {
    name: 'step',
    subject: /Smallstep|step-ca|\bstep\b.*Root CA/i,
    files: inHome('.step', 'certs/root_ca.crt', 'secrets/root_ca_key'),
  },
  {
    name: 'devcert',
    subject: /CN=devcert\b/,
    files: inHome('.config/devcert/certificate-authority', 'certificate.cert', 'private-key.key'),
  },
  {
    name: 'office-addin-dev-certs',
    subject: /Developer CA for Microsoft Office Add-ins/,
    uninstall: { program: 'npx', command: 'npx office-addin-dev-certs uninstall' },
  },
  { name: 'portless', subject: /\bportless\b/i },
  { name: 'puma-dev', subject: /Puma-dev/i, files: inHome('.puma-dev-ssl', 'cert.pem', 'key.pem') },
  {
    name: 'Laravel Valet',
    subject: /Laravel Valet CA/,
    files: inHome('.config/valet/CA', 'LaravelValetCASelfSigned.pem', 'LaravelValetCASelfSigned.key'),
  },
  {
    name: 'mitmproxy',
    subject: /\bmitmproxy\b/,
    files: inHome('.mitmproxy', 'mitmproxy-ca-cert.pem', 'mitmproxy-ca.pem'),
  },
  { name: 'Charles', subject: /Charles Proxy/ },
  { name: 'Fiddler', subject: /DO_NOT_TRUST_Fiddler/ },
  { name: 'Burp', subject: /PortSwigger/ },
  {
    name: 'ASP.NET Core',
    subject: /^CN=localhost$/,
    uninstall: { program: 'dotnet', command: 'dotnet dev-certs https --clean' },
  },
];

/** The tool whose roots are called so. */
export const developmentToolOf = (subject: string): DevelopmentTool | undefined =>
  DEVELOPMENT_TOOLS.find(({ subject: pattern }) => pattern.test(subject));

/** The tool's own way to take out the root that it has now, where it is here to do that. */
export function ownUninstall(tool: DevelopmentTool, sha256: string, world: World): string | undefined {
  const { uninstall } = tool;
  if (uninstall === undefined || keyAtHand(tool, sha256, world) === undefined) return undefined;
  return world.exec.find(uninstall.program) === undefined ? undefined : uninstall.command;
}

/** The key to this very root, if the tool has left it where this user gets at it: whoever does can be every site. */
export function keyAtHand(
  { files: filesOf }: DevelopmentTool,
  sha256: string,
  world: World,
): string | undefined {
  const { files, system } = world;
  try {
    const paths = filesOf?.(system);
    if (paths === undefined || files.statusOfTarget(paths.key) === undefined) return undefined;
    const text = Buffer.from(files.readIfPresent(paths.root, FILE_LIMIT) ?? []).toString('latin1');
    const isIts = decodePem(text, paths.root).some(({ der }) => sha256Hex(der) === sha256);
    return isIts ? paths.key : undefined;
  } catch (error) {
    // A folder that is closed to this user closes the key too.
    if (isDevcaError(error)) return undefined;
    throw error;
  }
}

const FILE_LIMIT = 1024 * 1024;
