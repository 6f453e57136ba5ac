import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { findSource, type SourceRequest } from '../../../../src/lifecycle/import/find-source.ts';
import {
  caddyFolder,
  easyRsaFolder,
  mkcertFolder,
  stepFolder,
  twoTier,
  write,
} from '../../../support/import-sources.ts';
import { refusal } from '../../../support/refusal.ts';
import { scratchFolder } from '../../../support/scratch.ts';
import { testAuthority } from '../../../support/test-pki.ts';
import { testWorld } from '../../../support/test-world.ts';

let home: string;

beforeEach(() => {
  home = scratchFolder();
});

const find = (
  request: SourceRequest = {},
  environment: Readonly<Record<string, string>> = {},
  platform: NodeJS.Platform = 'linux',
) => findSource(request, testWorld({ home, environment, system: { platform } }));

const tiers = twoTier();

describe('an authority is found where its maker keeps it', () => {
  it.each([
    ['mkcert', '.local/share/mkcert', {}],
    ['mkcert', 'data/mkcert', { XDG_DATA_HOME: 'HOME/data' }],
    ['mkcert', 'elsewhere', { CAROOT: 'HOME/elsewhere', XDG_DATA_HOME: 'HOME/data' }],
    ['caddy', '.local/share/caddy', {}],
    ['caddy', 'data/caddy', { XDG_DATA_HOME: 'HOME/data' }],
    ['step', '.step', {}],
    ['step', 'ca', { STEPPATH: 'HOME/ca' }],
    ['easy-rsa', '', {}],
    ['easy-rsa', 'vpn', { EASYRSA: 'HOME/vpn' }],
  ] as const)('%s in "%s" with %j', (kind, folder, variables) => {
    const at = join(home, folder);
    const make = {
      mkcert: () => mkcertFolder(at),
      caddy: () => caddyFolder(at, tiers),
      step: () => stepFolder(at, tiers, { root: 'x', intermediate: 'x' }),
      'easy-rsa': () => easyRsaFolder(at, tiers.root, { index: '' }),
    };
    make[kind]();
    const environment = Object.fromEntries(
      Object.entries(variables).map(([name, value]) => [name, value.replace('HOME', home)]),
    );
    expect(find({}, environment)).toMatchObject({ kind, path: expect.stringContaining(at) });
    expect(find({ kind }, environment).root.key).toBeDefined();
  });

  it('on macOS and Windows', () => {
    mkcertFolder(join(home, 'Library/Application Support/mkcert'));
    expect(find({ kind: 'mkcert' }, {}, 'darwin').kind).toBe('mkcert');
    caddyFolder(join(home, 'Library/Application Support/Caddy'), tiers);
    expect(find({ kind: 'caddy' }, {}, 'darwin').kind).toBe('caddy');
    mkcertFolder(join(home, 'Local/mkcert'));
    expect(find({ kind: 'mkcert' }, { LOCALAPPDATA: join(home, 'Local') }, 'win32').kind).toBe('mkcert');
    caddyFolder(join(home, 'Roaming/Caddy'), tiers);
    expect(find({ kind: 'caddy' }, { APPDATA: join(home, 'Roaming') }, 'win32').kind).toBe('caddy');
  });
});

describe('an authority is found by the path that is given', () => {
  it('whatever it looks like', () => {
    mkcertFolder(join(home, 'a'));
    caddyFolder(join(home, 'b'), tiers);
    stepFolder(join(home, 'c'), tiers, {});
    easyRsaFolder(join(home, 'd'), tiers.root, { index: '' });
    const kinds = ['a', 'b', 'b/pki/authorities/local', 'c', 'd', 'd/pki'].map((path) => find({ path }).kind);
    expect(kinds).toEqual(['mkcert', 'caddy', 'caddy', 'step', 'easy-rsa', 'easy-rsa']);
  });

  it("as the one that step-ca's contexts have, but not as one of two", () => {
    stepFolder(join(home, '.step/authorities/work'), tiers, {});
    expect(find({ kind: 'step' }).path).toBe(join(home, '.step/authorities/work'));
    stepFolder(join(home, '.step/authorities/home'), tiers, {});
    expect(refusal(() => find({ kind: 'step' }))[0]).toBe('DEVCA_IMPORT_NOT_FOUND');
    expect(find({ path: '.step/authorities/home' }).kind).toBe('step');
  });

  it('as a file that has both certificate and key', () => {
    const path = write(join(home, 'both.pem'), 'x');
    expect(find({ path: 'both.pem' })).toMatchObject({ kind: 'pem', root: { cert: path, key: path } });
  });

  it('as files, relative to the working folder', () => {
    const found = find({ cert: 'ca.pem', key: 'ca.key', intermediate: 'i.pem', intermediateKey: 'i.key' });
    expect(found.root).toEqual({ cert: join(home, 'ca.pem'), key: join(home, 'ca.key') });
    expect(found.intermediate).toEqual({ cert: join(home, 'i.pem'), key: join(home, 'i.key') });
  });
});

describe('no authority is found', () => {
  it('where there is none, with the places that were looked at', () => {
    expect(refusal(() => find({ kind: 'mkcert' }))).toEqual([
      'DEVCA_IMPORT_NOT_FOUND',
      { looked: [join(home, '.local/share/mkcert')] },
    ]);
  });

  it('where there are two', () => {
    mkcertFolder(join(home, '.local/share/mkcert'));
    stepFolder(
      join(home, '.step'),
      { root: testAuthority({ subject: 'r' }), intermediate: testAuthority({ subject: 'i' }) },
      {},
    );
    const [code, { found }] = refusal(() => find()) as [string, { found: { kind: string }[] }];
    expect([code, found.map(({ kind }) => kind)]).toEqual(['DEVCA_IMPORT_WHICH', ['mkcert', 'step']]);
  });

  it('in a folder of another kind, or of none', () => {
    mkdirSync(join(home, 'empty'));
    mkcertFolder(join(home, 'a'));
    expect(refusal(() => find({ path: 'empty' }))[0]).toBe('DEVCA_IMPORT_UNRECOGNISED');
    expect(refusal(() => find({ path: 'a', kind: 'caddy' }))[0]).toBe('DEVCA_IMPORT_UNRECOGNISED');
    expect(refusal(() => find({ path: 'nowhere' }))[0]).toBe('DEVCA_FILE_NOT_FOUND');
  });
});
