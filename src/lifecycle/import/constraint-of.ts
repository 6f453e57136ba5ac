import { type Constraint, DEFAULT_RANGES } from '../../authority/constraint.ts';
import type { Certificate } from '../../pki/certificate.ts';
import type { GeneralNameKind } from '../../pki/general-name.ts';

export interface MirroredConstraint {
  readonly constraint: Constraint;
  /** What of the certificates' own constraints only shows when something is issued, for people. */
  readonly warnings: readonly string[];
}

/**
 * What an authority that somebody else has made may issue for: the names that its certificates permit, those of the
 * nearest where several have a constraint. What they exclude is found out when a certificate is checked before it is
 * handed out.
 */
export function constraintOf(chain: readonly Certificate[]): MirroredConstraint {
  const own = chain.flatMap(({ nameConstraints }) => nameConstraints ?? []);
  const permitted = (kind: GeneralNameKind) =>
    own
      .map((each) =>
        each.permitted.flatMap(({ base }) => (base.kind === kind && 'value' in base ? [base.value] : [])),
      )
      .find((values) => values.length > 0) ?? [];
  const names = permitted('dNSName').map((name) => name.toLowerCase().replace(/^\./, ''));
  const ranges = permitted('iPAddress');
  const warnings = own.some(({ excluded }) => excluded.length > 0)
    ? ['its certificates exclude some names: issuing for one of them will be refused']
    : [];
  if (names.length === 0 || names.includes('')) return { constraint: { unconstrained: true }, warnings };
  return {
    constraint: {
      unconstrained: false,
      names: [...new Set(names)],
      ranges: ranges.length > 0 ? ranges : [...DEFAULT_RANGES],
      carriesRanges: ranges.length > 0,
    },
    warnings,
  };
}
