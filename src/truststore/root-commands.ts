import { join } from 'node:path';
import { SECURITY, SYSTEM_KEYCHAIN } from './apple/security-tool.ts';
import { copyOf } from './java/java-steps.ts';
import { databaseFlags } from './nss/certutil.ts';
import { SYSTEM_DATABASE } from './nss/chromium-places.ts';
import { DATABASE_FILES } from './nss/made-database.ts';
import { MEANINGS, type RootsMachine } from './root-command-words.ts';
import { type Command, commandsOf, type Step } from './step.ts';
import { DEBIAN_CACERTS, WITHOUT_HOOKS } from './system/debian-java.ts';
import { SYSTEM_LAYOUTS } from './system/system-family.ts';
import { DEBIAN } from './system/system-layout.ts';

/**
 * Whether a command is a step of some store: what is on none of the lines below, root does not run, whoever asks for it.
 * Who else may lead its paths elsewhere is not asked here.
 */
export function isRootCommand(command: Pick<Command, 'program' | 'args'>, machine: RootsMachine): boolean {
  const words = [command.program, ...command.args];
  if (words.some((word) => word.includes(END))) return false;
  return linesFor(machine.system.platform).some((line) => {
    const named = expressionOf(line).exec(words.join(END));
    if (named === null) return false;
    const meant = named.groups ?? {};
    return Object.entries(meant).every(([name, text]) => MEANINGS[name]?.(text, machine, meant) === true);
  });
}

/** The same, where a user asks: whose passwords root does not read, lest it reads those of others. */
export const isCommandForUsers = (
  command: Pick<Command, 'program' | 'args'>,
  machine: RootsMachine,
): boolean => !command.args.includes(PASSWORD_FILE_FLAG) && isRootCommand(command, machine);

const PASSWORD_FILE_FLAG = '-storepass:file';

/** Between words: no argument has it. */
const END = '\0';

/**
 * All that root does. Names in capitals stand for what `MEANINGS` says; one that comes twice in a line, for the same text.
 * A `*` before a program: by whatever path.
 */
function linesFor(platform: NodeJS.Platform): readonly string[] {
  const written = (path: string) => linesOf({ ...ANY, kind: 'write', path, text: '', mode: 0o644 }, platform);
  const removed = (path: string) => linesOf({ ...ANY, kind: 'remove', path }, platform);
  const database = databaseFlags({ folder: SYSTEM_DATABASE }).join(' ');
  const copy = copyOf({ file: 'KEY_STORE' });
  return [
    // Roots in files of their own, and what makes the system's bundles of them.
    'install -d -m 0755 NEW_FOLDER',
    ...written('ROOT'),
    ...removed('ROOT'),
    'rmdir FOLDER',
    'rmdir -- FOLDER',
    ...SYSTEM_LAYOUTS.flatMap(({ tool, installArgs, uninstallArgs }) => [
      [`*${tool}`, ...installArgs].join(' '),
      [`*${tool}`, ...uninstallArgs].join(' '),
    ]),
    [`*${DEBIAN.tool}`, ...DEBIAN.uninstallArgs, ...WITHOUT_HOOKS].join(' '),
    ...(platform === 'freebsd' ? removed('HASHED_COPY') : []),
    // Policies of browsers.
    ...written('FRESH_POLICY'),
    'cp -p -- POLICY FRESH_POLICY',
    'dd of=FRESH_POLICY',
    'dd of=FRESH_POLICY conv=fsync status=none',
    'mv -f -- FRESH_POLICY POLICY',
    ...removed('POLICY'),
    ...removed('FRESH_POLICY'),
    // The NSS database of the system.
    'install -d -m 0755 NEW_DATABASE',
    `*certutil -N ${database} --empty-password`,
    `*certutil -A ${database} -t C,, -n DEVCA_NAME -a`,
    `*certutil -M ${database} -n NAME -t FLAGS`,
    `*certutil -D ${database} -n DEVCA_NAME`,
    `chmod 0644 ${DATABASE_FILES.map((name) => join(SYSTEM_DATABASE, name)).join(' ')}`,
    ...removed('DATABASE_FILE'),
    // Key stores of Java, wherever they are.
    `cp -pf KEY_STORE ${copy}`,
    `chmod MODE ${copy}`,
    `mv -f ${copy} KEY_STORE`,
    ...removed(copy),
    ...PASSWORDS.flatMap((password) => [
      `*keytool -importcert -noprompt -alias DEVCA_NAME -keystore KEY_STORE_COPY ${password}`,
      `*keytool -delete -alias ALIAS -keystore KEY_STORE_COPY ${password}`,
    ]),
    `*keytool -delete -alias ALIAS -keystore ${DEBIAN_CACERTS} -storepass changeit`,
    // The keychain of all users of a Mac.
    `${SECURITY} add-trusted-cert -d -r trustRoot -p ssl -p basic -k ${SYSTEM_KEYCHAIN} ROOT`,
    `${SECURITY} remove-trusted-cert -d ROOT`,
    `${SECURITY} delete-certificate -Z FINGERPRINT ${SYSTEM_KEYCHAIN}`,
  ];
}

const PASSWORDS = [
  '-storepass changeit',
  `${PASSWORD_FILE_FLAG} PASSWORD_FILE`,
  '-storepass:env PASSWORD_VARIABLE',
];

const ANY = { needsRoot: true, why: '' };

const linesOf = (step: Step, platform: NodeJS.Platform): readonly string[] =>
  commandsOf(step, platform).map(({ program, args }) => [program, ...args].join(' '));

function expressionOf(line: string): RegExp {
  const seen = new Set<string>();
  const source = line
    .replace(/[.+?^${}()|[\]\\]/g, '\\$&')
    .replace(/^\*/, `(?:/[^${END}]*/)?`)
    .replaceAll(' ', END)
    .replaceAll(/[A-Z][A-Z_]+/g, (name) => {
      if (seen.has(name)) return `\\k<${name}>`;
      seen.add(name);
      return `(?<${name}>[^${END}]+)`;
    });
  return new RegExp(`^${source}$`);
}
