import type { Certificate } from '../pki/certificate.ts';

/** A DNS name that the constraints of an authority do not permit; `undefined` where they permit every one. */
export function nameOutside(issuers: readonly Certificate[]): string | undefined {
  return CANDIDATES.find((name) => !isPermitted(name, issuers));
}

/** A DNS name that they permit, for a counterpart whose original has none. */
export function nameInside(issuers: readonly Certificate[]): string | undefined {
  const bases = issuers.flatMap(({ nameConstraints }) => dnsBases(nameConstraints?.permitted ?? []));
  const names = [DEFAULT_NAME, ...bases.map((base) => `${LABEL}.${base}`), ...bases];
  return names.find((name) => isPermitted(name, issuers));
}

const LABEL = 'devca-proof';
const DEFAULT_NAME = `${LABEL}.internal`;

/** No authority permits all of these unless it permits everything. */
const CANDIDATES = [`${LABEL}.net`, `${LABEL}.com`, `${LABEL}.invalid`, LABEL];

function isPermitted(name: string, issuers: readonly Certificate[]): boolean {
  return issuers.every(({ nameConstraints }) => {
    const permitted = dnsBases(nameConstraints?.permitted ?? []);
    const excluded = dnsBases(nameConstraints?.excluded ?? []);
    return (
      (permitted.length === 0 || permitted.some((base) => isBelow(name, base))) &&
      !excluded.some((base) => isBelow(name, base))
    );
  });
}

const isBelow = (name: string, base: string): boolean =>
  base === '' || name === base || name.endsWith(`.${base}`);

type Subtrees = NonNullable<Certificate['nameConstraints']>['permitted'];

const dnsBases = (subtrees: Subtrees): string[] =>
  subtrees.flatMap(({ base }) =>
    base.kind === 'dNSName' ? [base.value.toLowerCase().replace(/^\./, '')] : [],
  );
