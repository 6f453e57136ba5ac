import { describe, expect, it } from '@jest/globals';
import { appleProfile } from '../../../src/formats/apple-profile.ts';
import { newAnchor } from '../../support/trust-lab.ts';

const anchor = newAnchor('one');
const UUID = /<key>PayloadUUID<\/key>\n\t+<string>([^<]*)</g;
const uuidsOf = (profile: string): string[] => [...profile.matchAll(UUID)].map((match) => match[1] ?? '');

describe('a profile for Apple devices', () => {
  it('has the root as it is', () => {
    const profile = appleProfile('a title', [anchor]);
    const data = /<data>([^<]*)<\/data>/.exec(profile)?.[1] ?? '';
    expect(Buffer.from(data, 'base64')).toEqual(Buffer.from(anchor.certificate));
    expect(profile).toContain('<string>com.apple.security.root</string>');
    expect(profile).toContain(`<string>SHA-256 ${anchor.sha256}</string>`);
  });

  it('is the same for the same roots, so that it replaces itself, and another for others', () => {
    const other = newAnchor('two');
    expect(appleProfile('a title', [anchor])).toBe(appleProfile('a title', [anchor]));
    const [one, both] = [appleProfile('a title', [anchor]), appleProfile('a title', [anchor, other])].map(
      uuidsOf,
    );
    expect(new Set([...(one ?? []), ...(both ?? [])]).size).toBe(4);
    expect(one?.[1]).toBe(both?.[1]);
    expect(one?.[0]).toMatch(/^[0-9A-F]{8}-[0-9A-F]{4}-8[0-9A-F]{3}-[89AB][0-9A-F]{3}-[0-9A-F]{12}$/);
  });

  it('has no markup from a name', () => {
    const name = `devca </string><key>PayloadType</key> & "x" ]]> \u0000\u202e`;
    const profile = appleProfile(name, [{ ...anchor, name }]);
    expect(profile).not.toContain('</string><key>');
    expect(profile).toContain(
      'devca &lt;/string&gt;&lt;key&gt;PayloadType&lt;/key&gt; &amp; &quot;x&quot; ]]&gt; \\u{0}\\u{202e}',
    );
  });
});
