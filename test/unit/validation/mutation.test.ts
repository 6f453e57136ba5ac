import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { seededChoices } from '../../support/der-mutation.ts';
import { mutate, mutateAndSign, nested, target, verifyTarget } from '../../support/mutation-targets.ts';

const { root, intermediate, server, crls } = target;
const seeds = fc.integer({ min: 0, max: 0xffffffff });

/** Runs with a mutant made from a seed, and checks that an answer comes, in time. */
function forMutants(check: (seed: number) => void, numRuns = 300): void {
  fc.assert(
    fc.property(seeds, (seed) => {
      const started = performance.now();
      check(seed);
      expect(performance.now() - started).toBeLessThan(10_000);
    }),
    { numRuns },
  );
}

describe('a chain that was tampered with', () => {
  it('is valid before', () => {
    expect(verifyTarget().problems).toEqual([]);
  });

  it('is never valid where the end entity or the intermediate is another than was signed', () => {
    forMutants((seed) => {
      const choices = seededChoices(seed);
      const endEntity = mutate(server.der, choices);
      const other = mutate(intermediate.der, choices);
      if (!Buffer.from(endEntity).equals(server.der)) expect(verifyTarget({ endEntity }).valid).toBe(false);
      if (!Buffer.from(other).equals(intermediate.der)) {
        expect(verifyTarget({ intermediates: [other] }).valid).toBe(false);
      }
    });
  });

  it('is never valid where the list of the issuer is another than was signed', () => {
    forMutants((seed) => {
      const mutant = mutate(crls[1] ?? new Uint8Array(), seededChoices(seed));
      const isSame = Buffer.from(mutant).equals(crls[1] ?? new Uint8Array());
      expect(verifyTarget({ crls: [crls[0] ?? mutant, mutant] }).valid).toBe(isSame);
    });
  });

  it('gives an answer where the anchor was changed, and where a mutant was signed again', () => {
    forMutants((seed) => {
      const choices = seededChoices(seed);
      const results = [
        verifyTarget({ trustAnchors: [mutate(root.der, choices)] }),
        verifyTarget({ endEntity: mutateAndSign(server, intermediate, choices) }),
        verifyTarget({ intermediates: [mutateAndSign(intermediate, root, choices)] }),
      ];
      for (const { valid, problems } of results) expect(valid).toBe(problems.length === 0);
    });
  });

  it('gives an answer for any bytes, any text and any depth', () => {
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 300 }), fc.string()), (input) => {
        expect(verifyTarget({ endEntity: input }).valid).toBe(false);
        expect(verifyTarget({ intermediates: [input] }).valid).toBe(false);
        expect(verifyTarget({ crls: [input] }).valid).toBe(false);
      }),
    );
    expect(verifyTarget({ endEntity: nested(5000) }).valid).toBe(false);
  });
});
