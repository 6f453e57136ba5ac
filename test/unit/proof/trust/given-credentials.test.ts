import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import {
  createEphemeralAuthority,
  type EphemeralAuthority,
} from '../../../../src/authority/ephemeral-authority.ts';
import { readCredentials } from '../../../../src/proof/trust/given-credentials.ts';
import { codeOf } from '../../../support/coded.ts';
import { scratchFolder } from '../../../support/scratch.ts';
import { testWorld } from '../../../support/test-world.ts';

let authority: EphemeralAuthority;
beforeAll(async () => {
  authority = await createEphemeralAuthority();
});

function read(certPem: string, keyPem: string) {
  const home = scratchFolder();
  const [cert, key] = [join(home, 'cert.pem'), join(home, 'key.pem')];
  writeFileSync(cert, certPem);
  writeFileSync(key, keyPem);
  return readCredentials({ cert, key }, testWorld({ home }));
}

describe('a certificate that others have issued', () => {
  it('is read with its chain and its key', async () => {
    const { fullchainPem, keyPem } = await authority.issue(['localhost']);
    const { credentials, chain } = read(fullchainPem, keyPem);
    expect(credentials).toEqual({ certPem: fullchainPem, keyPem });
    expect(chain).toHaveLength(2);
  });

  it('must be for a server called localhost, or it would be refused for its name', async () => {
    const other = await authority.issue(['api.test']);
    expect(codeOf(() => read(other.fullchainPem, other.keyPem))).toBe('DEVCA_PROOF_NOT_LOCALHOST');
  });

  it('must have the key that is given', async () => {
    const [one, other] = [await authority.issue(['localhost']), await authority.issue(['localhost'])];
    expect(codeOf(() => read(one.fullchainPem, other.keyPem))).toBe('DEVCA_PROOF_KEY_MISMATCH');
    expect(codeOf(() => read(one.keyPem, one.keyPem))).toBe('DEVCA_CERTIFICATE_NONE');
  });
});
