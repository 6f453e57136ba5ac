import { DevcaError } from '../errors/devca-error.ts';
import { KEY_USAGES, type KeyUsage } from '../pki/extensions/key-usage.ts';
import { isDottedOid, OID } from '../pki/oid.ts';
import type { JsonDocument } from './json-document.ts';

/** What a certificate for an end entity contains, whoever it is for. Data in templates/profiles or in the home. */
export interface Profile {
  readonly name: string;
  readonly summary: string;
  readonly keyUsage: readonly KeyUsage[];
  /** Usages that an RSA key has besides. */
  readonly rsaKeyUsage: readonly KeyUsage[];
  /** Object identifiers. */
  readonly extendedKeyUsage: readonly string[];
  /**
   * What the first NAME is. `any`: a name like the others, and the subject is the first DNS name.
   * `label`: the common name, which becomes `NAME.TRUST-DOMAIN` as a DNS name. `label-or-mail-address`: as that, or
   * an address that is the common name as it stands.
   */
  readonly firstName: FirstName;
  /** The kinds of name that may stand in the subjectAltName because they were asked for. */
  readonly names: readonly NameKind[];
  /** Whether `spiffe://TRUST-DOMAIN/NAME` is added. */
  readonly spiffeId: boolean;
  readonly fileSuffix: string;
  readonly defaultDays: number;
  readonly longestDays: number;
  /** Who sets that limit. */
  readonly longestDaysSource: string;
}

export const FIRST_NAMES = ['any', 'label', 'label-or-mail-address'] as const;
export type FirstName = (typeof FIRST_NAMES)[number];

export const NAME_KINDS = ['dNSName', 'iPAddress', 'rfc822Name', 'uniformResourceIdentifier'] as const;
export type NameKind = (typeof NAME_KINDS)[number];

/** Usages that only an authority may have: a profile with one would hand out the power to issue. */
const AUTHORITY_USAGES: readonly KeyUsage[] = ['keyCertSign', 'cRLSign'];

/** No profile may ask for more than ten years. */
export const LONGEST_DAYS = 3653;

/**
 * Reads a profile. Throws DEVCA_PROFILE_INVALID; `source` names where it stands, and `placeOf` where in it, by field and
 * element. `$schema` is for editors.
 */
export function parseProfile(value: unknown, source: string, placeOf?: JsonDocument['placeOf']): Profile {
  const fields = new Fields(value, source, placeOf);
  fields.ignore('$schema');
  const profile: Profile = {
    name: fields.text('name', /^[a-z][a-z0-9-]{0,31}$/),
    summary: fields.text('summary', /^[^\u0000-\u001f]{1,200}$/),
    keyUsage: fields.words('keyUsage', KEY_USAGES),
    rsaKeyUsage: fields.words('rsaKeyUsage', KEY_USAGES),
    extendedKeyUsage: fields.objectIdentifiers('extendedKeyUsage'),
    firstName: fields.word('firstName', FIRST_NAMES),
    names: fields.words('names', NAME_KINDS),
    spiffeId: fields.flag('spiffeId'),
    fileSuffix: fields.text('fileSuffix', /^(-[a-z0-9-]{1,31})?$/),
    defaultDays: fields.days('defaultDays'),
    longestDays: fields.days('longestDays'),
    longestDaysSource: fields.text('longestDaysSource', /^[^\u0000-\u001f]{1,200}$/),
  };
  fields.finish();
  const usages = [...profile.keyUsage, ...profile.rsaKeyUsage];
  const forbidden = usages.find((usage) => AUTHORITY_USAGES.includes(usage));
  if (forbidden !== undefined) {
    const field = profile.keyUsage.includes(forbidden) ? 'keyUsage' : 'rsaKeyUsage';
    fields.fail(`"${forbidden}" is for authorities only`, field, profile[field].indexOf(forbidden));
  }
  if (profile.keyUsage.length === 0) fields.fail('"keyUsage" is empty', 'keyUsage');
  if (profile.extendedKeyUsage.length === 0) fields.fail('"extendedKeyUsage" is empty', 'extendedKeyUsage');
  if (profile.defaultDays > profile.longestDays)
    fields.fail('"defaultDays" is more than "longestDays"', 'defaultDays');
  return profile;
}

/** Reads the members of a JSON object one by one, and refuses what is left. */
class Fields {
  readonly #members: Map<string, unknown>;
  readonly #source: string;
  readonly #placeOf: JsonDocument['placeOf'] | undefined;

  constructor(value: unknown, source: string, placeOf: JsonDocument['placeOf'] | undefined) {
    this.#source = source;
    this.#placeOf = placeOf;
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      this.fail('it is not a JSON object');
    this.#members = new Map(Object.entries(value));
  }

  ignore(name: string): void {
    this.#members.delete(name);
  }

  text(name: string, pattern: RegExp): string {
    const value = this.#take(name);
    if (typeof value !== 'string' || !pattern.test(value))
      this.fail(`"${name}" does not match ${pattern.source}`, name);
    return value;
  }

  word<Word extends string>(name: string, known: readonly Word[]): Word {
    return this.#wordOf(this.#take(name), name, known);
  }

  words<Word extends string>(name: string, known: readonly Word[]): Word[] {
    return this.#list(name).map((value, index) => this.#wordOf(value, name, known, index));
  }

  objectIdentifiers(name: string): string[] {
    return this.#list(name).map((value, index) => {
      const known = Object.entries(OID).find(([oidName]) => oidName === value)?.[1];
      if (known !== undefined) return known;
      if (typeof value !== 'string' || !isDottedOid(value))
        this.fail(`"${name}" has ${JSON.stringify(value)}, which is no object identifier`, name, index);
      return value;
    });
  }

  flag(name: string): boolean {
    const value = this.#take(name);
    if (typeof value !== 'boolean') this.fail(`"${name}" is neither true nor false`, name);
    return value;
  }

  days(name: string): number {
    const value = this.#take(name);
    if (typeof value !== 'number' || !Number.isInteger(value) || value < 1 || value > LONGEST_DAYS)
      this.fail(`"${name}" is not a whole number from 1 to ${LONGEST_DAYS}`, name);
    return value;
  }

  finish(): void {
    const [stranger] = this.#members.keys();
    if (stranger !== undefined) this.fail(`there is no field "${stranger}"`, stranger);
  }

  fail(reason: string, field?: string, element?: number): never {
    const place = field === undefined ? undefined : this.#placeOf?.(field, element);
    throw new DevcaError('DEVCA_PROFILE_INVALID', { source: this.#source, reason, ...place });
  }

  #take(name: string): unknown {
    const value = this.#members.get(name);
    if (value === undefined) this.fail(`"${name}" is missing`);
    this.#members.delete(name);
    return value;
  }

  #list(name: string): unknown[] {
    const value = this.#take(name);
    if (!Array.isArray(value)) this.fail(`"${name}" is not a list`, name);
    return value;
  }

  #wordOf<Word extends string>(value: unknown, name: string, known: readonly Word[], index?: number): Word {
    const word = known.find((each) => each === value);
    if (word === undefined)
      this.fail(`"${name}" has ${JSON.stringify(value)}, which is none of ${known.join(', ')}`, name, index);
    return word;
  }
}
