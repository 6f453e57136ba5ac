import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { expect, it } from '@jest/globals';
import { appleProfile } from '../../../src/formats/apple-profile.ts';
import { describeWith } from '../../support/tools.ts';
import { newAnchor } from '../../support/trust-lab.ts';

const READ = `
import json, plistlib, sys
profile = plistlib.loads(sys.stdin.buffer.read())
print(json.dumps(profile, default=lambda value: value.hex()))
`;

describeWith(['python3'], 'a profile for Apple devices, as Python reads property lists', () => {
  it('has each root as a payload, by its own bytes and name', () => {
    const odd = `devca <ärger> & "so" 'on' ]]>`;
    const roots = [newAnchor('one'), { ...newAnchor('two'), name: odd }];
    const { stdout, stderr } = spawnSync('python3', ['-c', READ], {
      input: appleProfile('two roots of devca', roots),
      encoding: 'utf8',
    });
    expect(stderr).toBe('');
    const profile = JSON.parse(stdout);
    expect(profile).toMatchObject({
      PayloadType: 'Configuration',
      PayloadVersion: 1,
      PayloadDisplayName: 'two roots of devca',
      PayloadRemovalDisallowed: false,
      PayloadContent: roots.map(({ certificate, name, sha256 }) => ({
        PayloadType: 'com.apple.security.root',
        PayloadVersion: 1,
        PayloadDisplayName: name,
        PayloadIdentifier: expect.stringContaining(sha256.slice(0, 16)),
        PayloadContent: Buffer.from(certificate).toString('hex'),
      })),
    });
    for (const { PayloadContent, PayloadDescription } of profile.PayloadContent) {
      const der = Buffer.from(PayloadContent, 'hex');
      expect(PayloadDescription).toBe(`SHA-256 ${createHash('sha256').update(der).digest('hex')}`);
    }
    const ids = [profile, ...profile.PayloadContent].map(({ PayloadUUID }) => PayloadUUID);
    expect(new Set(ids).size).toBe(3);
  });
});
