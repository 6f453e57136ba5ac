import { describe, expect, it } from '@jest/globals';
import { buildName } from '../../../src/pki/name.ts';
import { formatName } from '../../../src/pki/name-text.ts';
import { type SubjectRequest, subjectAttributes } from '../../../src/profiles/subject-fields.ts';

describe('a subject', () => {
  it('goes from the largest to the smallest, whatever the order of the request', () => {
    const attributes = subjectAttributes('api.test', {
      organizationalUnit: 'Platform',
      organization: 'Müller & Co, Inc.',
      locality: 'Köln',
      state: 'NRW',
      country: 'de',
    });
    expect(formatName(buildName(attributes))).toBe(
      'CN=api.test,OU=Platform,O=Müller & Co\\, Inc.,L=Köln,ST=NRW,C=DE',
    );
    expect(subjectAttributes(undefined, {})).toEqual([]);
  });

  it.each([
    [{ country: 'Germany' }, 'country', 'two letters'],
    [{ country: 'D1' }, 'country', 'two letters'],
    [{ organization: '' }, 'organization', 'empty'],
    [{ organization: ' ' }, 'organization', 'empty'],
    [{ organization: 'x'.repeat(65) }, 'organization', 'more than 64'],
    [{ organizationalUnit: 'a\nb' }, 'organizationalUnit', 'control character'],
    [{ locality: '\ud800' }, 'locality', 'well-formed'],
    [{ state: 'x'.repeat(129) }, 'state', 'more than 128'],
  ] satisfies [SubjectRequest, string, string][])('with %j is refused', (request, field, reason) => {
    expect(() => subjectAttributes('api.test', request)).toThrow(
      expect.objectContaining({
        code: 'DEVCA_ISSUE_SUBJECT',
        context: expect.objectContaining({ field, reason: expect.stringContaining(reason) }),
      }),
    );
  });
});
