import { chmodSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { readAdoption } from '../../../../src/lifecycle/import/adoption.ts';
import { findSource, type SourceRequest } from '../../../../src/lifecycle/import/find-source.ts';
import { sourcePasswords } from '../../../../src/lifecycle/import/source-key.ts';
import { exportPkcs8, exportPkcs8Pem, generateKey } from '../../../../src/pki/key.ts';
import { encodePkcs12 } from '../../../../src/pki/pkcs12-writer.ts';
import { systemRandom as random } from '../../../../src/platform/random.ts';
import {
  caddyFolder,
  encryptedPem,
  legacyPem,
  mkcertFolder,
  mkcertRoot,
  pemOf,
  stepFolder,
  twoTier,
  write,
} from '../../../support/import-sources.ts';
import { refusalOf } from '../../../support/refusal.ts';
import { scratchFolder } from '../../../support/scratch.ts';
import {
  daysFromNow,
  extension,
  NOW,
  testAuthority,
  testServer,
  withBrokenSignature,
} from '../../../support/test-pki.ts';
import { type TestWorldOptions, testWorld } from '../../../support/test-world.ts';

let home: string;

beforeEach(() => {
  home = scratchFolder();
});

function read(request: SourceRequest, options: Partial<TestWorldOptions> & { password?: string } = {}) {
  const world = testWorld({ home, now: NOW, ...options });
  const { password } = options;
  const given = password === undefined ? undefined : { text: password, source: '"password"' };
  return readAdoption(findSource(request, world), sourcePasswords(given, world), world);
}

const refused = (request: SourceRequest, options = {}) => refusalOf(read(request, options));
const file = (name: string, text: string) => write(join(home, name), text);
const plain = (root: Parameters<typeof pemOf>[0] & { key: Parameters<typeof exportPkcs8Pem>[0] }) => {
  file('ca.pem', pemOf(root));
  file('ca.key', exportPkcs8Pem(root.key));
  return { cert: 'ca.pem', key: 'ca.key' };
};

describe('what issues', () => {
  it("is the root itself, of mkcert's authority", async () => {
    mkcertFolder(join(home, 'ca'));
    const { issuesFrom, warnings, notes } = await read({ path: 'ca' });
    expect([issuesFrom, warnings]).toEqual(['root', []]);
    expect(notes.join()).toContain('path length 0');
  });

  it("is a new intermediate below Caddy's root, whose own lives for a week", async () => {
    caddyFolder(home, twoTier({ notAfter: daysFromNow(6) }));
    const { issuesFrom, notes } = await read({ path: '.' });
    expect(issuesFrom).toBe('own-intermediate');
    expect(notes.join()).toContain('ends on 2026-06-21, so devca makes one');
  });

  it("is a new one too where Caddy's has ended long ago", async () => {
    caddyFolder(home, twoTier({ notAfter: daysFromNow(-1) }));
    const { issuesFrom, warnings } = await read({ path: '.' });
    expect(issuesFrom).toBe('own-intermediate');
    expect(warnings.join()).toContain('it has ended on 2026-06-14');
  });

  it("is step-ca's intermediate, whichever way its key is encrypted", async () => {
    const tiers = twoTier();
    const { root, intermediate } = tiers;
    stepFolder(join(home, 'a'), tiers, {
      root: legacyPem(root.key, 'secret'),
      intermediate: legacyPem(intermediate.key, 'secret'),
    });
    stepFolder(join(home, 'b'), tiers, {
      root: encryptedPem(root.key, 'secret'),
      intermediate: encryptedPem(intermediate.key, 'secret'),
    });
    for (const path of ['a', 'b']) {
      const adoption = await read({ path }, { password: 'secret' });
      expect(adoption.issuesFrom).toBe('intermediate');
      expect([adoption.intermediate?.key.type, adoption.root.key?.type]).toEqual(['ec-p256', 'ec-p256']);
      expect(adoption.warnings).toEqual([]);
    }
  });

  it('is the intermediate where its key alone opens, with a word on the root', async () => {
    const tiers = twoTier();
    stepFolder(home, tiers, {
      root: legacyPem(tiers.root.key, 'another'),
      intermediate: legacyPem(tiers.intermediate.key, 'secret'),
    });
    const { issuesFrom, root, warnings, notes } = await read({ path: '.' }, { password: 'secret' });
    expect([issuesFrom, root.key]).toEqual(['intermediate', undefined]);
    expect(warnings.join()).toContain('does not open the key');
    expect(notes.join()).toContain("cannot sign the root's revocation list");
  });

  it("is a new one where the root's key alone opens", async () => {
    const tiers = twoTier();
    stepFolder(home, tiers, {
      root: legacyPem(tiers.root.key, 'secret'),
      intermediate: legacyPem(tiers.intermediate.key, 'another'),
    });
    expect(await read({ path: '.' }, { password: 'secret' })).toMatchObject({
      issuesFrom: 'own-intermediate',
    });
  });

  it('is an intermediate that soon ends, where there is nothing else', async () => {
    const tiers = twoTier({ notAfter: daysFromNow(30) });
    stepFolder(home, tiers, { intermediate: exportPkcs8Pem(tiers.intermediate.key) });
    const { issuesFrom, notes } = await read({ path: '.' });
    expect(issuesFrom).toBe('intermediate');
    expect(notes.join()).toContain('nothing that it issues lives longer');
  });

  it('is what its files say', async () => {
    const { root, intermediate } = twoTier();
    file('i.pem', pemOf(intermediate));
    file('i.key', exportPkcs8Pem(intermediate.key));
    const issuer = { intermediate: 'i.pem', intermediateKey: 'i.key' };
    expect(await read({ ...plain(root), ...issuer })).toMatchObject({ issuesFrom: 'intermediate' });
    expect(await read({ cert: 'ca.pem', ...issuer })).toMatchObject({ issuesFrom: 'intermediate' });
    expect(await read(plain(testAuthority({ subject: 'Old Root' })))).toMatchObject({
      issuesFrom: 'own-intermediate',
    });
  });
});

it.each([
  ['pkcs8', 'ec-p256'],
  ['sec1', 'ec-p384'],
  ['pkcs1', 'rsa-2048'],
  ['pkcs8 under a password', 'ec-p256'],
] as const)('a key may be in DER: %s, of the kind %s', async (form, type) => {
  const root = testAuthority({ subject: 'r', key: generateKey(type) });
  const request = plain(root);
  const [name = 'pkcs8', isLocked] = form.split(' ');
  const cipher = isLocked === undefined ? {} : { cipher: 'aes-256-cbc', passphrase: 'secret' };
  const key = root.key.keyObject.export({ type: name as 'pkcs8', format: 'der', ...cipher });
  writeFileSync(join(home, 'ca.key'), key);
  expect((await read(request, { password: 'secret' })).root.key?.type).toBe(type);
});

describe('passwords', () => {
  it('are asked for once on a terminal', async () => {
    const tiers = twoTier();
    stepFolder(home, tiers, {
      root: legacyPem(tiers.root.key, 'secret'),
      intermediate: encryptedPem(tiers.intermediate.key, 'secret'),
    });
    const { intermediate, root } = await read({ path: '.' }, { passphrase: 'secret' });
    expect([intermediate, root.key].includes(undefined)).toBe(false);
  });

  it('that are wrong, or not there, are said', async () => {
    mkcertFolder(join(home, 'ca'), undefined, '');
    const root = mkcertRoot();
    mkcertFolder(join(home, 'ca2'), root, encryptedPem(root.key, 'secret'));
    expect(await refused({ path: 'ca2' }, { password: 'wrong' })).toEqual([
      'DEVCA_IMPORT_PASSWORD',
      { path: join(home, 'ca2/rootCA-key.pem'), source: '"password"' },
    ]);
    expect(await refused({ path: 'ca2' })).toEqual([
      'DEVCA_IMPORT_PASSWORD_MISSING',
      { path: join(home, 'ca2/rootCA-key.pem') },
    ]);
  });
});

describe('an authority is refused', () => {
  const reasons = async (root: ReturnType<typeof testAuthority>, request: SourceRequest = plain(root)) => {
    const [code, context] = await refused(request);
    return [code, (context as { reasons?: readonly string[] }).reasons?.join('; ') ?? ''];
  };

  it.each([
    ['is none', () => testServer({ subject: 'api.test' }), 'not the certificate of an authority'],
    [
      'may not sign',
      () => testAuthority({ subject: 'r', extensions: [extension.keyUsage(['cRLSign'])] }),
      'no keyCertSign',
    ],
    [
      'has ended',
      () => testAuthority({ subject: 'r', notAfter: daysFromNow(-1) }),
      'has ended on 2026-06-14',
    ],
    ['is to come', () => testAuthority({ subject: 'r', notBefore: daysFromNow(1) }), 'is the clock right?'],
    [
      'is an intermediate',
      () => testAuthority({ subject: 'i', issuer: testAuthority({ subject: 'r' }) }),
      'signed by "CN=r"',
    ],
    ['has a key that browsers refuse', () => testAuthority({ subject: 'r', keyType: 'ed25519' }), 'Ed25519'],
  ] as const)('that %s', async (_, make, reason) => {
    const root = make();
    expect(await reasons(root)).toEqual(['DEVCA_IMPORT_UNFIT', expect.stringContaining(reason)]);
  });

  it('whose signature does not hold', async () => {
    const root = testAuthority({ subject: 'r' });
    const broken = { ...root, der: withBrokenSignature(root.der) };
    expect(await reasons(broken)).toEqual(['DEVCA_IMPORT_UNFIT', expect.stringContaining('does not hold')]);
  });

  it('with all that is wrong at once', async () => {
    const root = testAuthority({
      subject: 'r',
      notAfter: daysFromNow(-1),
      extensions: [extension.keyUsage(['cRLSign'])],
    });
    expect((await reasons(root))[1]).toMatch(/keyCertSign.*; it has ended/);
  });

  it('whose key is that of another', async () => {
    const root = testAuthority({ subject: 'r' });
    const request = plain({ ...root, key: generateKey('ec-p256') });
    expect(await refused(request)).toEqual([
      'DEVCA_IMPORT_KEY_MISMATCH',
      { key: join(home, 'ca.key'), cert: join(home, 'ca.pem') },
    ]);
  });

  it('without a key', async () => {
    const root = mkcertRoot();
    write(join(home, 'ca/rootCA.pem'), pemOf(root));
    file('ca.pem', pemOf(root));
    writeFileSync(join(home, 'ca.der'), root.der);
    for (const [path, cert] of Object.entries({
      ca: 'ca/rootCA.pem',
      'ca.pem': 'ca.pem',
      'ca.der': 'ca.der',
    }))
      expect(await refused({ path })).toEqual([
        'DEVCA_IMPORT_KEY_MISSING',
        { path: join(home, path), cert: join(home, cert) },
      ]);
  });

  it('in a PKCS#12 store, with a word on how to take it out', async () => {
    const { der, key } = testAuthority({ subject: 'r' });
    const content = { key: { alias: 'ca', pkcs8: exportPkcs8(key), chain: [der] }, trusted: [] };
    writeFileSync(join(home, 'ca.p12'), encodePkcs12(content, { password: 'x', legacy: false, random }));
    expect(await refused({ path: 'ca.p12' })).toEqual([
      'DEVCA_IMPORT_PKCS12',
      { path: join(home, 'ca.p12') },
    ]);
  });

  it('whose files are cut off, are two in one, have nothing of the kind, or are too large', async () => {
    const root = testAuthority({ subject: 'r' });
    const request = plain(root);
    const pem = pemOf(root);
    file('ca.pem', pem.slice(0, -60));
    expect((await refused(request))[0]).toBe('DEVCA_PEM_INVALID');
    file('ca.pem', pem + pem);
    expect((await reasons(root, request))[1]).toContain('2 certificates');
    file('ca.pem', exportPkcs8Pem(root.key));
    expect((await refused(request))[0]).toBe('DEVCA_CERTIFICATE_NONE');
    file('ca.pem', 'x'.repeat(1024 * 1024));
    expect((await refused(request))[0]).toBe('DEVCA_FILE_TOO_LARGE');
    file('ca.pem', pem);
    file('ca.key', exportPkcs8Pem(root.key).slice(0, 100));
    expect((await refused(request))[0]).toBe('DEVCA_PEM_INVALID');
    file('ca.key', legacyPem(root.key, 'secret').slice(0, -60));
    expect((await refused(request, { password: 'secret' }))[0]).toBe('DEVCA_KEY_INVALID');
  });

  it('with a link for a key, and with files of somebody else', async () => {
    mkcertFolder(join(home, 'ca'));
    write(join(home, 'linked/rootCA.pem'), 'x');
    const key = join(home, 'linked/rootCA.pem');
    symlinkSync(join(home, 'ca/rootCA.pem'), `${key}.link`);
    expect(await refused({ cert: `${key}.link`, key })).toEqual([
      'DEVCA_IMPORT_UNSAFE',
      {
        path: `${key}.link`,
        reason: `it is a link to "${join(home, 'ca/rootCA.pem')}"`,
        folder: join(home, 'linked'),
      },
    ]);
    const { files, ...world } = testWorld({ home, now: NOW });
    const foreign = (path: string) => {
      const status = files.status(path);
      return status === undefined || !path.endsWith('-key.pem') ? status : { ...status, uid: 4242 };
    };
    const source = findSource({ path: 'ca' }, { ...world, files });
    const theirs = { ...world, files: { ...files, status: foreign } };
    expect(await refusalOf(readAdoption(source, sourcePasswords(undefined, theirs), theirs))).toEqual([
      'DEVCA_IMPORT_UNSAFE',
      {
        path: join(home, 'ca/rootCA-key.pem'),
        reason: 'it belongs to the user with the id 4242',
        folder: join(home, 'ca'),
      },
    ]);
  });
});

it('warns of a key that others can read', async () => {
  mkcertFolder(join(home, 'ca'));
  chmodSync(join(home, 'ca/rootCA-key.pem'), 0o644);
  const { warnings } = await read({ path: 'ca' });
  expect(warnings.join()).toContain('is 0644: others can read it');
});
