import { describe, expect, it } from '@jest/globals';
import { KEY_USAGES } from '../../../src/pki/extensions/key-usage.ts';
import { BUILT_IN_PROFILES, builtInProfile } from '../../../src/profiles/built-in.ts';
import { FIRST_NAMES, LONGEST_DAYS, NAME_KINDS, parseProfile } from '../../../src/profiles/profile.ts';
import schema from '../../../templates/profiles/profile.schema.json' with { type: 'json' };
import server from '../../../templates/profiles/server.json' with { type: 'json' };

const { properties, $defs, required } = schema;

describe('the JSON Schema of profiles', () => {
  it('has every field, and no other', () => {
    const fields = Object.keys(builtInProfile('server') ?? {});
    expect([...required].sort()).toEqual(fields.sort());
    expect(Object.keys(properties).sort()).toEqual(['$schema', ...fields].sort());
    expect(schema.additionalProperties).toBe(false);
  });

  it('has the words and limits of the program', () => {
    expect($defs.keyUsage.enum).toEqual(
      KEY_USAGES.filter((usage) => !/Sign$/.test(usage) || usage === 'digitalSignature'),
    );
    expect(properties.names.items.enum).toEqual([...NAME_KINDS]);
    expect(properties.firstName.enum).toEqual([...FIRST_NAMES]);
    expect($defs.days).toEqual({ type: 'integer', minimum: 1, maximum: LONGEST_DAYS });
  });

  it('has patterns that the built-in profiles match and the program agrees with', () => {
    for (const name of BUILT_IN_PROFILES) {
      const profile = builtInProfile(name);
      for (const field of ['name', 'summary', 'fileSuffix', 'longestDaysSource'] as const)
        expect(profile?.[field]).toMatch(new RegExp(properties[field].pattern, 'u'));
    }
    for (const [field, value] of [
      ['name', 'Mail'],
      ['fileSuffix', 'client'],
    ] as const) {
      expect(value).not.toMatch(new RegExp(properties[field].pattern, 'u'));
      expect(() => parseProfile({ ...server, [field]: value }, 'x')).toThrow(`"${field}" does not match`);
    }
  });

  it('may be named by a profile, for editors', () => {
    expect(parseProfile({ $schema: './profile.schema.json', ...server }, 'x').name).toBe('server');
  });
});
