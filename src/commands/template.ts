import { resolve } from 'node:path';
import { defineCommand } from '../cli/command.ts';
import { DevcaError } from '../errors/devca-error.ts';
import { forShell, forTerminal } from '../platform/escape.ts';
import { homeOf } from '../platform/paths.ts';
import type { World } from '../platform/world.ts';
import {
  CONTAINER_KINDS,
  CONTAINER_TEMPLATES,
  type ContainerKind,
  type ContainerRequest,
  containerFiles,
  TRUST_SCRIPT,
} from '../runtimes/container-files.ts';
import { writeContainerFiles } from '../runtimes/container-folder.ts';
import { devcaRoots, settingsFor } from './runtime-trust.ts';
import { namedSource } from './selftest-sources.ts';
import { readTemplate } from './template-file.ts';

export const templateCommand = defineCommand({
  name: 'template',
  summary: 'print configuration for containers that trust the root, or write it with its files',
  details:
    'NAME is dockerfile: lines for an image of any family, which adds the roots to its store and to Java, and sets variables for the rest; compose: a file to be laid over one of your own, with a bundle of the roots of this system and of devca, and with --certificate the key as a secret; or devcontainer: a development container. With --out, what they name is written beside them: public certificates alone, never a key. Without it, the configuration is printed.',
  positionals: { name: { describe: `one of ${CONTAINER_KINDS.join(', ')}`, required: true } },
  flags: {
    out: { type: 'string', alias: 'o', value: 'DIR', describe: 'the folder for the files (default: print)' },
    service: { type: 'string', value: 'NAME', describe: 'compose: which service (default: app)' },
    certificate: {
      type: 'string',
      value: 'WHAT',
      describe: 'compose: its certificate and key, by a name, serial number or file',
    },
    image: { type: 'string', value: 'IMAGE', describe: 'devcontainer: what it is made from' },
    authority: { type: 'string', value: 'NAME', describe: 'whose roots (default: of all authorities)' },
    force: { type: 'boolean', describe: 'overwrite files that are something else' },
  },
  examples: [
    { command: 'devca template dockerfile --out .', does: 'lines for a Dockerfile, and devca/ for its COPY' },
    { command: 'devca template compose --service api --certificate api --out .', does: 'trust and a key' },
    { command: 'devca template devcontainer --out .', does: 'a development container' },
  ],
  async run({ flags, positionals }, { world, output }) {
    const kind = CONTAINER_KINDS.find((name) => name === positionals.name);
    if (kind === undefined) {
      const detail = `there is no template "${positionals.name}": there are ${CONTAINER_KINDS.join(', ')}`;
      throw new DevcaError('DEVCA_USAGE_INVALID', { command: 'template', detail });
    }
    refuseUnused(kind, flags);
    const files = containerFiles(await requestOf(kind, flags, world));
    const [main] = files;
    if (flags.out === undefined) {
      const text = Buffer.from(main.bytes).toString('utf8');
      output.result({ template: kind, text }, () => text);
      output.note(`the files that it names are written by "devca template ${kind} --out ."`);
      return 0;
    }
    const folder = resolve(world.system.workingFolder, flags.out);
    const written = writeContainerFiles(files, folder, flags.force, world);
    output.report({ template: kind, files: written }, () =>
      [`wrote configuration for ${kind}`, ...written.map((path) => `  ${forTerminal(path)}`)].join('\n'),
    );
    return 0;
  },
});

/** Which template takes which flag: elsewhere it would be left out without a word. */
const KIND_OF_FLAG = { service: 'compose', certificate: 'compose', image: 'devcontainer' } as const;

function refuseUnused(kind: ContainerKind, flags: TemplateFlags): void {
  const refuse = (detail: string) => new DevcaError('DEVCA_USAGE_INVALID', { command: 'template', detail });
  for (const flag of ['service', 'certificate', 'image'] as const) {
    if (flags[flag] !== undefined && KIND_OF_FLAG[flag] !== kind)
      throw refuse(`"--${flag}" is for the template ${KIND_OF_FLAG[flag]}, and ${kind} has no use for it`);
  }
  // https://github.com/compose-spec/compose-spec/blob/main/schema/compose-spec.json, patternProperties of services
  if (flags.service !== undefined && !/^[a-zA-Z0-9._-]+$/.test(flags.service)) {
    const expected = 'the name of a service: letters, digits, dots, hyphens and underscores';
    const { service: value } = flags;
    throw new DevcaError('DEVCA_USAGE_VALUE', { command: 'template', flag: '--service', value, expected });
  }
}

interface TemplateFlags {
  readonly home: string | undefined;
  readonly authority: string | undefined;
  readonly service: string | undefined;
  readonly certificate: string | undefined;
  readonly image: string | undefined;
}

async function requestOf(kind: ContainerKind, flags: TemplateFlags, world: World): Promise<ContainerRequest> {
  const [variable] = await settingsFor({ ...flags, only: ['openssl'], without: [] }, 'template', world);
  return {
    kind,
    template: readTemplate('containers', CONTAINER_TEMPLATES[kind], world),
    script: readTemplate('containers', TRUST_SCRIPT, world),
    roots: (await devcaRoots(flags, world)).certificates,
    bundle: variable === undefined ? new Uint8Array() : world.files.read(variable.value),
    service: flags.service ?? 'app',
    ...(flags.certificate === undefined
      ? {}
      : { certificate: filesOf(flags.certificate, flags.home, world) }),
    image: flags.image ?? 'mcr.microsoft.com/devcontainers/base:debian',
    random: world.random,
  };
}

/** Where a certificate and its key were delivered. */
function filesOf(what: string, home: string | undefined, world: World): { cert: string; key: string } {
  const { files } = namedSource(what, homeOf(home, world.system), world);
  const find = (format: string): string | undefined => files.find((file) => file.format === format)?.path;
  const [cert, key] = [find('fullchain'), find('key')];
  if (cert !== undefined && key !== undefined) return { cert, key };
  const detail = `the inventory knows no full chain and key of "${what}": issue it with both, as in "devca issue ${forShell(what)}"`;
  throw new DevcaError('DEVCA_USAGE_INVALID', { command: 'template', detail });
}
