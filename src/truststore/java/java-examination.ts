import { forShell } from '../../platform/escape.ts';
import { asRoot } from '../package-hint.ts';
import type { TrustSession } from '../session.ts';
import type { StoreExamination } from '../store-examination.ts';
import { feedOf, type JavaPlace, needsRoot } from './java-places.ts';
import { readKeyStore } from './key-store-file.ts';

const CERTIFICATES = '/etc/ssl/certs';

/** More names than this are counted. */
const SHOWN = 8;

/** Names of the distribution's own roots, those that were taken out of it among them. */
const CHOICE = '/etc/ca-certificates.conf';

/**
 * Debian's hook adds every root of the system to Java's as `debian:NAME.pem`, and never takes one away. What the
 * distribution has dropped is its own affair.
 */
export function examineKeyStore(place: JavaPlace, session: TrustSession): StoreExamination {
  const { files } = session.world;
  const none = { entries: [], faults: [] };
  if (place.error !== undefined || feedOf(place, session) !== 'added') return none;
  const { entries, password } = readKeyStore(place, session);
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
  if (left.length === 0) return none;
  const names = left.slice(0, SHOWN).map((alias) => `"${alias}"`);
  const more = left.length > SHOWN ? ` and ${left.length - SHOWN} more` : '';
  const keytool = [
    ...(needsRoot(place, session) ? asRoot(session.world) : []),
    ...['keytool', '-delete', '-keystore', forShell(place.file)],
    ...(password?.args ?? ['-storepass', 'changeit']).map(forShell),
  ].join(' ');
  const message = `Java goes on trusting roots that are gone from the system's store: ${names.join(', ')}${more}`;
  const fix = left.map((alias) => `${keytool} -alias ${forShell(alias)}`).join(' && ');
  return { entries: [], faults: [{ id: 'java-leftover', severity: 'problem', message, fix }] };
}
