import { isPublic } from '../authority/wide-domain.ts';
import type { Certificate } from '../pki/certificate.ts';
import type { NameConstraints } from '../pki/extensions/name-constraints.ts';
import type { GeneralNameKind } from '../pki/general-name.ts';
import { OID } from '../pki/oid.ts';

/** What a root may sign for, as the critical constraint in it says to those who trust it. */
export interface RootScope {
  /** DNS names, each with everything below it. */
  readonly names: readonly string[];
  /** In words, such as `any address`. */
  readonly addresses: string;
}

/** `undefined` for a root that may sign for every site: its constraint leaves out DNS names, or permits the empty one. */
export function rootScope({ extensions, nameConstraints }: Certificate): RootScope | undefined {
  const isCritical = extensions.some(({ oid, critical }) => oid === OID.nameConstraints && critical);
  if (!isCritical || nameConstraints === undefined) return undefined;
  const names = texts(nameConstraints.permitted, 'dNSName');
  if (names.length === 0 || names.some((name) => /^\.?$/.test(name))) return undefined;
  return { names, addresses: describeAddresses(nameConstraints) };
}

/** Whether a root could stand for sites of people who have nothing to do with it. */
export const isLoose = (scope: RootScope | undefined): boolean =>
  scope === undefined || scope.names.some(isPublic);

/** One line for people. */
export const describeScope = (scope: RootScope | undefined): string =>
  scope === undefined ? 'EVERY NAME' : [...scope.names, scope.addresses].join(', ');

/** A constraint that says nothing of addresses permits all of them (RFC 5280 section 4.2.1.10). */
function describeAddresses({ permitted, excluded }: NameConstraints): string {
  const ranges = texts(permitted, 'iPAddress');
  const but = texts(excluded, 'iPAddress');
  if (['0.0.0.0/0', '::/0'].every((all) => but.includes(all))) return 'no address';
  const some = ranges.length === 0 ? 'any address' : `the addresses ${ranges.join(', ')}`;
  return but.length === 0 ? some : `${some} but ${but.join(', ')}`;
}

function texts(subtrees: NameConstraints['permitted'], kind: GeneralNameKind): readonly string[] {
  return subtrees.flatMap(({ base }) => (base.kind === kind && 'value' in base ? base.value : []));
}
