import { beforeAll, expect, it } from '@jest/globals';
import { createLab, type Issued, issueMatrix, NAME_SETS } from './acceptance-lab.ts';
import {
  acceptances,
  addressForgery,
  type Court,
  commonNameForgeries,
  forgeries,
  impostures,
  misuses,
  openCourt,
  type Trial,
} from './acceptance-trials.ts';
import { disagreements, type Verdict, type Wording } from './acceptance-verdicts.ts';
import { describeWith } from './tools.ts';

/** Somebody else's implementation of path validation and name checking. */
export interface Verifier {
  readonly name: string;
  /** Programs without which the suite is skipped. */
  readonly tools: readonly string[];
  readonly wording: Partial<Wording>;
  /** Leaves out what the verifier has no notion of. Default: it takes every trial. */
  readonly takes?: (trial: Trial) => boolean;
  /** Compiles it, once. */
  readonly prepare?: (home: string) => Promise<void>;
  readonly judge: (trials: readonly Trial[], home: string) => Promise<readonly Verdict[]>;
  /** Whether it can read ranges of addresses in name constraints. Default: yes. */
  readonly readsRanges?: boolean;
  /** Whether it takes a common name for a host name and does not hold it against the constraint. Default: no. */
  readonly believesCommonNames?: boolean;
}

export interface Exhibits {
  readonly court: Court;
  readonly matrix: readonly Issued[];
}

/** What every verifier must make of what devca issues and of what it would never issue; then `more` tests. */
export function acceptanceSuite(verifier: Verifier, more?: (exhibits: () => Exhibits) => void): void {
  const { takes = () => true, wording, readsRanges = true, believesCommonNames = false } = verifier;
  describeWith(verifier.tools, verifier.name, () => {
    let court: Court;
    let matrix: readonly Issued[];
    beforeAll(async () => {
      ({ court, matrix } = exhibits());
      await verifier.prepare?.(court.lab.folder);
    }, 120_000);
    const expectAgreement = async (trials: readonly Trial[]) => {
      const taken = trials.filter(takes);
      if (taken.length === 0) return;
      const verdicts = await verifier.judge(taken, court.lab.folder);
      expect(disagreements(taken, verdicts, wording)).toEqual([]);
    };

    it(
      'accepts every profile with every kind of key, for each purpose and under each name',
      () => expectAgreement(acceptances(court, matrix)),
      60_000,
    );

    it('accepts what authorities with other kinds of key issue', async () => {
      for (const { court: other, issued } of otherAuthorities())
        await expectAgreement(acceptances(other, issued));
    }, 60_000);

    it(
      'refuses what is shown in the wrong place, under another name or at the wrong time',
      () => expectAgreement(misuses(court)),
      60_000,
    );

    it(
      'refuses another authority of the same names, and end entities that sign',
      async () => expectAgreement(await impostures(court)),
      60_000,
    );

    it(
      'refuses what a stolen key signs outside the constraint',
      () => expectAgreement([...forgeries(court, true), ...commonNameForgeries(court, believesCommonNames)]),
      60_000,
    );

    it(
      'would accept the same from an authority without a constraint',
      () => expectAgreement(forgeries(unconstrained(), false)),
      60_000,
    );

    it('holds addresses against the constraint only where the authority carries ranges of them', async () => {
      const ranges = withRanges();
      await expectAgreement([addressForgery(court, false)]);
      await expectAgreement([addressForgery(ranges, true)]);
      if (!readsRanges) return;
      const issued = NAME_SETS.map(({ profile, names }) => ranges.lab.issue(profile, names));
      await expectAgreement(acceptances(ranges, issued));
    }, 60_000);

    more?.(() => ({ court, matrix }));
  });
}

/** Made once for all suites of a test file. */
const exhibits = once(() => {
  const court = openCourt(createLab());
  return { court, matrix: issueMatrix(court.lab) };
});
const otherAuthorities = once(() =>
  ['ec-p384', 'rsa-2048'].map((keyType) => {
    const court = openCourt(createLab('--key-type', keyType));
    return { court, issued: NAME_SETS.map(({ profile, names }) => court.lab.issue(profile, names)) };
  }),
);
const unconstrained = once(() => openCourt(createLab('--unconstrained')));
const withRanges = once(() => openCourt(createLab('--constrain-ip')));

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
