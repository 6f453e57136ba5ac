import { forShell } from '../../platform/escape.ts';
import { asRoot } from '../package-hint.ts';
import type { TrustSession } from '../session.ts';
import type { StoreEntry, StoreExamination, StoreFault } from '../store-examination.ts';
import { feedOf, type JavaPlace, needsRoot } from './java-places.ts';
import { copyOf } from './java-steps.ts';
import { type KeyStoreContents, readKeyStore } from './key-store-file.ts';

const CERTIFICATES = '/etc/ssl/certs';

/** More names than this are counted. */
const SHOWN = 8;

/** Names of the distribution's own roots, those that were taken out of it among them. */
const CHOICE = '/etc/ca-certificates.conf';

/** What tools that make roots for development are called in their aliases. */
const DEVELOPMENT = /\b(devca|mkcert|caddy|step|smallstep|devcert|development|localhost)\b/i;

/** What somebody has added to a key store, and what is wrong with it. */
export function examineKeyStore(place: JavaPlace, session: TrustSession): StoreExamination {
  if (place.error !== undefined) return { entries: [], faults: [] };
  const contents = readKeyStore(place, session);
  const remove = removal(place, contents, session);
  const entries = added(contents).map(({ alias, certificate }): StoreEntry => {
    return { certificate, place: alias, remove: remove(alias) };
  });
  const faults = [
    ...(feedOf(place, session) === 'added' ? leftovers(contents, remove, session) : []),
    ...unreadableRoots(place, contents, session),
    ...unfinishedChange(place, session),
  ];
  return { entries, faults };
}

/**
 * Aliases of Java's own roots end in `[jdk]` since Java 9, and those that a system brings begin with `debian:`. Where
 * there are neither, nothing but its name tells a root of somebody else.
 */
function added({ entries }: KeyStoreContents): KeyStoreContents['entries'] {
  const isShipped = (alias: string): boolean => alias.endsWith('[jdk]') || alias.startsWith('debian:');
  const isMarked = entries.some(({ alias }) => isShipped(alias));
  return entries.filter(({ alias }) => (isMarked ? !isShipped(alias) : DEVELOPMENT.test(alias)));
}

/**
 * Debian's hook adds every root of the system to Java's as `debian:NAME.pem`, and never takes one away. What the
 * distribution has dropped is its own affair.
 */
function leftovers(
  { entries }: KeyStoreContents,
  remove: (alias: string) => string,
  { world: { files } }: TrustSession,
): readonly StoreFault[] {
  const there = files
    .list(CERTIFICATES)
    .filter((name) => files.statusOfTarget(`${CERTIFICATES}/${name}`) !== undefined);
  const ofDistribution = [
    ...Buffer.from(files.readIfPresent(CHOICE) ?? [])
      .toString('utf8')
      .matchAll(/([^/\n]+)\.crt$/gm),
  ].map(([, name]) => `${name}.pem`);
  // Aliases are in lower case, whatever the file is called.
  const accounted = new Set([...there, ...ofDistribution].map((name) => `debian:${name}`.toLowerCase()));
  const left = entries
    .map(({ alias }) => alias)
    .filter((alias) => /^debian:.+\.pem$/i.test(alias) && !accounted.has(alias.toLowerCase()));
  if (left.length === 0) return [];
  const names = left.slice(0, SHOWN).map((alias) => `"${alias}"`);
  const more = left.length > SHOWN ? ` and ${left.length - SHOWN} more` : '';
  const message = `Java goes on trusting roots that are gone from the system's store: ${names.join(', ')}${more}`;
  return [{ id: 'java-leftover', severity: 'problem', message, fix: left.map(remove).join(' && ') }];
}

function unreadableRoots(
  place: JavaPlace,
  { entries, isSealed }: KeyStoreContents,
  session: TrustSession,
): readonly StoreFault[] {
  const { file } = place;
  if (isSealed) {
    const message = `the Java key store "${file}" is encrypted: Java finds no root in it unless -Djavax.net.ssl.trustStorePassword is given`;
    const target = '-destkeystore cacerts -deststoretype JKS';
    const fix = `keytool -importkeystore -srckeystore ${forShell(file)} ${target}`;
    return [{ id: 'java-store-encrypted', severity: 'warning', message, fix }];
  }
  if (entries.length > 0) return [];
  const message = `there is no root in the Java key store "${file}": Java trusts no server`;
  const again = [...asRoot(session.world), 'update-ca-certificates', '--fresh'].join(' ');
  const fix = feedOf(place, session) === 'added' ? again : 'install that Java again';
  return [{ id: 'java-store-empty', severity: 'problem', message, fix }];
}

/** What a process that was killed has left; the key store itself is as it was. */
function unfinishedChange(place: JavaPlace, session: TrustSession): readonly StoreFault[] {
  const copy = copyOf(place);
  if (session.world.files.status(copy) === undefined) return [];
  const message = `a change of the Java key store "${place.file}" was not finished`;
  const fix = [...rootPrefix(place, session), 'rm', forShell(copy)].join(' ');
  return [{ id: 'java-store-copy', severity: 'warning', message, fix }];
}

/** The command that takes an alias out. */
function removal(
  place: JavaPlace,
  { password }: KeyStoreContents,
  session: TrustSession,
): (alias: string) => string {
  const keytool = [
    ...rootPrefix(place, session),
    ...['keytool', '-delete', '-keystore', forShell(place.file)],
    ...(password?.args ?? ['-storepass', 'changeit']).map(forShell),
  ].join(' ');
  return (alias) => `${keytool} -alias ${forShell(alias)}`;
}

const rootPrefix = (place: JavaPlace, session: TrustSession): readonly string[] =>
  needsRoot(place, session) ? asRoot(session.world) : [];
