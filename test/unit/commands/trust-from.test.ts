import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { run } from '../../../src/run.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { testWorld } from '../../support/test-world.ts';

let user: string;
let home: string;
let sha256: string;

const devca = async (args: readonly string[], answers?: readonly string[]) => {
  const world = testWorld({
    home: user,
    environment: { DEVCA_HOME: home },
    ...(answers === undefined ? {} : { answers }),
  });
  const status = await run(args, world);
  return { status, out: world.written.out, error: world.written.error };
};

/** What somebody without an authority of their own is told. */
const elsewhere = (args: readonly string[], answers?: readonly string[]) =>
  devca(['trust', 'install', '--home', join(user, 'nowhere'), ...args], answers);

beforeEach(async () => {
  user = scratchFolder();
  home = join(user, 'authority');
  await devca(['init', '--no-trust']);
  const { out } = await devca(['ca', 'export-trust', '--out', 'roots.pem', '--json']);
  sha256 = JSON.parse(out).roots[0].sha256;
});

describe('a file that is no root', () => {
  it.each([
    ['junk', 'it is neither PEM nor the DER of a certificate'],
    ['-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n', 'a certificate in it is broken'],
  ])('is named: %j', async (text, reason) => {
    writeFileSync(join(user, 'bad.pem'), text);
    const { status, error } = await elsewhere(['--from', 'bad.pem']);
    expect(status).toBe(1);
    expect(error).toContain(`"bad.pem" is no file of roots: ${reason}`);
    expect(error).toContain('[DEVCA_TRUST_FROM_NOT_ROOT]');
  });

  it('is not taken with --yes alone either', async () => {
    const { status, error } = await elsewhere(['--from', 'roots.pem', '--yes']);
    expect(status).not.toBe(0);
    expect(error).toContain('[DEVCA_TRUST_FROM_FINGERPRINT]');
  });
});

describe('devca ca export-trust', () => {
  it('writes the roots without any key, with names and fingerprints in comments', async () => {
    const text = readFileSync(join(user, 'roots.pem'), 'utf8');
    expect(text).toContain(`# SHA-256 ${sha256}\n`);
    expect(text).toContain('# permitted: localhost, ');
    expect(text).not.toContain('PRIVATE');
    expect((await devca(['ca', 'export-trust'])).out).toBe(text);
    expect((await devca(['ca', 'export-trust', '--out', '-'])).out).toBe(text);
  });

  it('has the roots of every generation in use', async () => {
    await devca(['ca', 'roll', '--no-trust']);
    const { out } = await devca(['ca', 'export-trust', '--json']);
    expect(JSON.parse(out).roots).toHaveLength(2);
  });

  it('overwrites nothing', async () => {
    const { status, error } = await devca(['ca', 'export-trust', '--out', 'roots.pem']);
    expect({ status, error }).toMatchObject({
      status: 1,
      error: expect.stringContaining('[DEVCA_FILE_EXISTS]'),
    });
  });
});

describe('devca trust install --from', () => {
  it('shows the root and asks for its fingerprint where there is nobody to ask', async () => {
    const { status, error } = await elsewhere(['--from', 'roots.pem']);
    expect(status).toBe(1);
    expect(error).toContain('[DEVCA_TRUST_FROM_FINGERPRINT]');
    expect(error).toContain(`SHA-256       ${sha256}`);
  });

  it('takes the right fingerprint, with or without colons, and no other', async () => {
    const colons = (sha256.match(/../g) ?? []).join(':').toUpperCase();
    const right = await elsewhere(['--from', 'roots.pem', '--sha256', colons, '--dry-run']);
    expect(right.error).not.toContain('DEVCA_TRUST_FROM');
    const wrong = await elsewhere(['--from', 'roots.pem', '--sha256', sha256.replaceAll(/./g, '0')]);
    expect(wrong).toMatchObject({
      status: 1,
      error: expect.stringContaining('[DEVCA_TRUST_FROM_FINGERPRINT]'),
    });
  });

  it('asks on a terminal, and leaves trust as it is after a no', async () => {
    const { status, error } = await elsewhere(['--from', 'roots.pem'], ['n']);
    expect(status).toBe(1);
    expect(error).toContain('trust was left as it is');
  });

  it('refuses a root without a constraint unless that is allowed', async () => {
    home = join(user, 'open');
    await devca(['init', '--no-trust', '--unconstrained']);
    await devca(['ca', 'export-trust', '--out', 'open.pem']);
    const refused = await elsewhere(['--from', 'open.pem', '--dry-run']);
    expect(refused).toMatchObject({
      status: 1,
      error: expect.stringContaining('[DEVCA_TRUST_FROM_UNCONSTRAINED]'),
    });
    const allowed = await elsewhere(['--from', 'open.pem', '--dry-run', '--allow-unconstrained']);
    expect(allowed.error).toContain('EVERY NAME');
    expect(allowed.error).not.toContain('DEVCA_TRUST_FROM');
  });

  it('refuses a root for all of a top-level domain too', async () => {
    home = join(user, 'wide');
    await devca(['init', '--no-trust', '--permit', 'com']);
    await devca(['ca', 'export-trust', '--out', 'wide.pem']);
    const refused = await elsewhere(['--from', 'wide.pem', '--dry-run']);
    expect(refused.error).toContain('[DEVCA_TRUST_FROM_UNCONSTRAINED]');
  });

  it('refuses a file with a private key in it', async () => {
    appendFileSync(join(user, 'roots.pem'), '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n');
    const { status, error } = await elsewhere(['--from', 'roots.pem', '--sha256', sha256]);
    expect({ status, error }).toMatchObject({
      status: 1,
      error: expect.stringContaining('[DEVCA_TRUST_FROM_KEY]'),
    });
  });

  it('refuses what is no root', async () => {
    const intermediate = await elsewhere(['--from', join(home, 'ca/intermediate.pem')]);
    expect(intermediate.error).toContain('[DEVCA_TRUST_FROM_NOT_ROOT]');
    writeFileSync(join(user, 'empty.pem'), '-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----\n');
    expect((await elsewhere(['--from', 'empty.pem'])).error).toContain('[DEVCA_TRUST_FROM_NOT_ROOT]');
    writeFileSync(join(user, 'noise'), 'noise');
    expect((await elsewhere(['--from', 'noise'])).error).toContain('[DEVCA_TRUST_FROM_NOT_ROOT]');
    expect((await elsewhere(['--from', 'roots.pem', '--authority', 'x'])).status).toBe(2);
    expect(existsSync(join(user, 'nowhere'))).toBe(false);
  });

  it('says of a root what addresses it may sign for', async () => {
    expect((await elsewhere(['--from', 'roots.pem', '--dry-run'])).error).toMatch(
      /may sign for +localhost, .*, any address\n/,
    );
  });

  it('knows no root that was never put anywhere, by no beginning of its fingerprint: DEVCA_TRUST_ROOT_UNKNOWN', async () => {
    for (const given of [sha256, sha256.slice(0, 16), 'f', '']) {
      for (const args of [['uninstall'], ['install', '--home', join(user, 'nowhere')]]) {
        const outcome = await devca(['trust', ...args, `--sha256=${given}`]);
        expect(outcome).toMatchObject({
          status: 3,
          error: expect.stringContaining('[DEVCA_TRUST_ROOT_UNKNOWN]'),
        });
      }
    }
  });
});
