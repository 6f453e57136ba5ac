import {
  type ExportSourceRequest,
  exportCertificate,
  readExportSource,
} from '../authority/export-certificate.ts';
import { type CommandContext, defineCommand } from '../cli/command.ts';
import { formatFields } from '../cli/table.ts';
import { DevcaError, isDevcaError } from '../errors/devca-error.ts';
import { type Format, KEY_FORMATS } from '../formats/format.ts';
import type { StorePassword } from '../formats/password.ts';
import type { CertificateStatus } from '../inventory/certificate-status.ts';
import { encodePem } from '../pki/pem.ts';
import { homeOf } from '../platform/paths.ts';
import type { World } from '../platform/world.ts';
import { type ChosenFormats, chooseFormats, FORMAT_FLAGS, tellPassword } from './formats.ts';
import { warnOfRecovery } from './recovery-warning.ts';
import { askStorePassword } from './store-password.ts';

export const exportCommand = defineCommand({
  name: 'export',
  summary: 'write a certificate that was issued in another format',
  details:
    'WHAT is a name, or the beginning of a serial number or fingerprint. pem writes certificate, chain, full chain and key; der certificate and key; combined all in one file, as HAProxy and MongoDB read it; p12 and jks a key store; truststore and jks-truststore the root to trust; p7b the chain as PKCS#7; k8s a Secret; base64 variables of an environment. With "--out -" one file goes to standard output: of pem the full chain, of der the certificate. The key is read from where it was delivered, and from a p12 or jks by its password: that of "--key-password-file", "--password-file" or DEVCA_PASSWORD, or asked for.',
  positionals: {
    what: { describe: 'a name, a serial number or a fingerprint', required: true },
  },
  flags: {
    ...FORMAT_FLAGS,
    authority: { type: 'string', value: 'NAME', describe: 'only certificates of this authority, by name' },
    out: {
      type: 'string',
      alias: 'o',
      value: 'DIR',
      describe: 'the folder for the files, or "-" for standard output',
    },
    'key-password-file': {
      type: 'string',
      value: 'FILE',
      describe: 'the password of the p12 or jks that has the key, where that is another one',
    },
    force: { type: 'boolean', describe: 'overwrite files that devca did not write' },
  },
  examples: [
    { command: 'devca export api.test --format p12,truststore', does: 'the stores of a Java server' },
    { command: 'devca export api.test --format combined --out /etc/haproxy', does: 'for HAProxy' },
    { command: 'devca export api.test --format k8s --out - | kubectl apply -f -', does: 'a Secret' },
  ],
  async run({ flags, positionals: { what } }, context) {
    const { world, output } = context;
    const home = homeOf(flags.home, world.system);
    if (flags.format.length === 0) throw usage('"devca export" needs "--format"');
    if (flags.out === '-' && output.json) throw usage('"--out -" and "--json" both want standard output');
    const chosen = await chooseFormats(flags, 'export', world, WITH_KEY);
    const formatsWithKey = flags.out === '-' ? KEY_FORMATS : WITH_KEY;
    const withKey = chosen.formats.some((format) => formatsWithKey.includes(format));
    const meant = { what, authority: flags.authority, withKey };
    const keyPasswords = withKey ? await keyPasswordsFor(meant, flags, chosen.password, home, world) : [];
    const wanted = { ...meant, keyPasswords };
    if (flags.out === '-') return toStandardOutput(wanted, chosen, home, context);
    const withPem = chosen.formats.includes('pem');
    const exported = await exportCertificate(
      {
        ...wanted,
        withChain: withPem,
        withoutPem: !withPem,
        ...(chosen.encode === undefined ? {} : { encode: chosen.encode }),
        ...(flags.out === undefined ? {} : { out: flags.out }),
      },
      { home, force: flags.force },
      world,
    );
    const { record, files } = exported;
    warnOfRecovery(exported.recovery, output);
    const warnings = [...statusWarnings(exported.status, what), ...exported.warnings];
    for (const warning of warnings) output.warn(warning);
    const certificate = { serial: record.serialNumber, sha256: record.sha256, names: record.names };
    output.report({ certificate, files, warnings, ...tellPassword(chosen.password, context) }, () =>
      [
        `exported the certificate for ${record.names.join(', ')}`,
        formatFields([...Object.entries(files), ['serial', record.serialNumber]], '  '),
      ].join('\n'),
    );
    return 0;
  },
});

/** Formats whose files have the key where there is one. */
const WITH_KEY: readonly Format[] = ['pem', 'der', ...KEY_FORMATS];

const BINARY: readonly Format[] = ['der', 'p12', 'truststore', 'jks', 'jks-truststore'];

interface PasswordFlags {
  readonly 'password-file': string | undefined;
  readonly 'key-password-file': string | undefined;
}

/** Nobody is asked where the key can be read without, or where its password was given for it and for nothing else. */
async function keyPasswordsFor(
  meant: ExportSourceRequest,
  flags: PasswordFlags,
  stores: StorePassword | undefined,
  home: string,
  world: World,
): Promise<readonly string[]> {
  const { givenPassword } = await import('../formats/password.ts');
  const keyFile = flags['key-password-file'];
  if (keyFile !== undefined) return [givenPassword(keyFile, world) ?? ''];
  // It may come from a pipe, which is read once.
  const given =
    stores === undefined
      ? givenPassword(flags['password-file'], world)
      : stores.isGenerated
        ? undefined
        : stores.text;
  const passwords = given === undefined ? [] : [given];
  const locked = world.terminal.canAsk
    ? lockedStore({ ...meant, keyPasswords: passwords }, home, world)
    : undefined;
  if (locked === undefined) return passwords;
  const answer = await askStorePassword(locked, world);
  return answer === undefined ? passwords : [...passwords, answer];
}

/** The store that is in the way of reading the key. */
function lockedStore(request: ExportSourceRequest, home: string, world: World): string | undefined {
  try {
    readExportSource(request, home, world);
    return undefined;
  } catch (error) {
    if (isDevcaError(error, 'DEVCA_EXPORT_PASSWORD')) return error.context.path;
    if (isDevcaError(error, 'DEVCA_PASSWORD_WRONG')) return error.context.source;
    throw error;
  }
}

function toStandardOutput(
  wanted: ExportSourceRequest,
  { formats, encode, password }: ChosenFormats,
  home: string,
  context: CommandContext,
): 0 {
  const { world, output } = context;
  const [format, ...others] = formats;
  if (format === undefined || others.length > 0) throw usage('"--out -" takes one format');
  if (BINARY.includes(format) && world.terminal.stdoutIsTerminal)
    throw new DevcaError('DEVCA_FORMAT_TERMINAL', { format });
  const source = readExportSource(wanted, home, world);
  for (const warning of statusWarnings(source.status, wanted.what)) output.warn(warning);
  const { certificate, chain } = source.material;
  if (encode === undefined) {
    output.raw([certificate, ...chain].map((der) => encodePem('CERTIFICATE', der)).join(''));
  } else {
    const [file] = encode(source.material);
    tellPassword(password, context);
    output.raw(file?.bytes ?? new Uint8Array());
  }
  return 0;
}

function statusWarnings(status: CertificateStatus, what: string): readonly string[] {
  return status === 'valid' ? [] : [`the certificate of "${what}" is ${status}`];
}

const usage = (detail: string): DevcaError =>
  new DevcaError('DEVCA_USAGE_INVALID', { command: 'export', detail });
