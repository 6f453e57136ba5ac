import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { createEphemeralAuthority } from '../../../src/authority/ephemeral-authority.ts';
import { run } from '../../../src/run.ts';
import { trustAnchorOf } from '../../../src/truststore/trust-anchor.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { testWorld } from '../../support/test-world.ts';

let user: string;
let rootPem: string;
let sha256: string;

const devca = async (args: readonly string[], environment: Readonly<Record<string, string>> = {}) => {
  const system = join(user, 'system.pem');
  const world = testWorld({ home: user, environment: { SSL_CERT_FILE: system, ...environment } });
  const status = await run(args, world);
  return { status, out: world.written.out, error: world.written.error };
};

/** Somebody without an authority, who has put a colleague's root into a store. */
beforeEach(async () => {
  user = scratchFolder();
  const authority = await createEphemeralAuthority();
  rootPem = authority.rootPem;
  const anchor = trustAnchorOf(authority.root);
  sha256 = anchor.sha256;
  const root = { ...anchor, certificate: Buffer.from(anchor.certificate).toString('base64') };
  const begun = { schema: 1, id: '1', event: 'begun', action: 'install', store: 'nss:/db', root, before: {} };
  mkdirSync(join(user, '.local/state/devca'), { recursive: true });
  writeFileSync(
    join(user, '.local/state/devca/trust.jsonl'),
    [begun, { schema: 1, id: '1', event: 'done' }].map((line) => `${JSON.stringify(line)}\n`).join(''),
  );
  // Any certificate does for those of the system.
  writeFileSync(join(user, 'system.pem'), (await createEphemeralAuthority()).rootPem);
  const { fullchainPem, keyPem } = await authority.issue(['localhost']);
  writeFileSync(join(user, 'fullchain.pem'), fullchainPem);
  writeFileSync(join(user, 'key.pem'), keyPem);
});

describe('a root that came from elsewhere, without an authority here', () => {
  it('is what "devca env" is about', async () => {
    const { status, out } = await devca(['env', '--only', 'openssl,node', '--without', 'curl', '--json']);
    expect(status).toBe(0);
    const { variables } = JSON.parse(out);
    const values = Object.fromEntries(
      variables.map(({ name, value }: { name: string; value: string }) => [name, value]),
    );
    expect(readFileSync(values['NODE_EXTRA_CA_CERTS'], 'utf8')).toContain(rootPem);
    expect((await devca(['env', '--authority', 'work'])).error).toContain('[DEVCA_AUTHORITY_');
  });

  it('is named by its fingerprint in commands that mend an override', async () => {
    const bundle = '/etc/ssl/certs/ca-certificates.crt';
    const { out } = await devca(['trust', 'status', '--store', 'nss', '--json'], { CURL_CA_BUNDLE: bundle });
    const { environment } = JSON.parse(out);
    const fixOf = (name: string) =>
      environment.find(({ variable }: { variable: string }) => variable === name)?.fix;
    expect(fixOf('SSL_CERT_FILE')).toBe('eval "$(devca env)"');
    expect([
      `devca trust install --sha256 ${sha256.slice(0, 16)} --store system`,
      'unset CURL_CA_BUNDLE', // on a machine that has no such file
      'eval "$(devca env)"',
    ]).toContain(fixOf('CURL_CA_BUNDLE'));
  });

  it('cannot be proved without a certificate under it', async () => {
    const { status, out, error } = await devca(['trust', 'status', '--store', 'nss', '--prove']);
    expect({ status, out }).toEqual({ status: 3, out: '' });
    expect(error).toContain(`(${sha256.slice(0, 16)})`);
    expect(error).toContain('[DEVCA_PROOF_AUTHORITY_ELSEWHERE]');
  });

  it('is proved by a certificate that is given, with its key', async () => {
    const prove = (...flags: string[]) =>
      devca(['trust', 'status', '--store', 'nss', '--client', 'deno', '--json', ...flags]);
    const { out } = await prove('--cert', 'fullchain.pem', '--key', 'key.pem');
    expect(JSON.parse(out)).toMatchObject({ clients: [{ id: 'deno', status: 'not-installed' }] });
    for (const flags of [
      ['--cert', 'fullchain.pem'],
      ['--key', 'key.pem'],
    ])
      expect(await prove(...flags)).toMatchObject({
        status: 2,
        out: expect.stringContaining('DEVCA_USAGE_INVALID'),
      });
  });
});
