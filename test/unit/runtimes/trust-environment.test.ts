import { chmodSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { DevcaError } from '../../../src/errors/devca-error.ts';
import type { World } from '../../../src/platform/world.ts';
import { restoredEnvironment } from '../../../src/runtimes/restored-environment.ts';
import { type EnvironmentRequest, trustEnvironment } from '../../../src/runtimes/trust-environment.ts';
import { TRUST_VARIABLES } from '../../../src/runtimes/trust-variables.ts';
import { codeOf } from '../../support/coded.ts';
import { faultyFiles } from '../../support/faulty-files.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { fakeMachine } from '../truststore/fake-machine.ts';
import { certificates, heldBy, machine, PUBLIC, pem, ROOTS, SYSTEM, withVariables } from './lab.ts';

const valuesIn = (world: World, request: Partial<EnvironmentRequest> = {}): Record<string, string> =>
  Object.fromEntries(
    trustEnvironment({ roots: ROOTS, ...request }, world).map(({ name, value }) => [name, value]),
  );

describe('the trust environment', () => {
  it('names the roots of devca for what adds, and a bundle with the roots of the system for what replaces', () => {
    const here = machine();
    const values = valuesIn(here.world);
    const variables = TRUST_VARIABLES.filter(({ onlyWhereNamed }) => onlyWhereNamed !== true);
    expect(Object.keys(values)).toEqual([...variables.map(({ name }) => name), 'WGETRC']);
    for (const { name, effect } of variables)
      expect([name, heldBy(values[name], here)]).toEqual([
        name,
        effect === 'adds' ? ['devca'] : ['public', 'devca'],
      ]);
    expect(here.read(values['WGETRC'] ?? '')).toBe(`ca_certificate = ${values['SSL_CERT_FILE']}\n`);
  });

  it('keeps what a variable names today, each certificate once', () => {
    const here = machine();
    here.write('/corp/ca.pem', `a proxy\n${pem('company', 'devca', 'company')}`);
    const world = withVariables(here, { SSL_CERT_FILE: '/corp/ca.pem', NODE_EXTRA_CA_CERTS: '/corp/ca.pem' });
    const values = valuesIn(world);
    expect(heldBy(values['SSL_CERT_FILE'], here)).toEqual(['company', 'devca']);
    expect(values['NODE_EXTRA_CA_CERTS']).toBe(values['SSL_CERT_FILE']);
    expect(heldBy(values['GIT_SSL_CAINFO'], here)).toEqual(['public', 'devca']);
  });

  it('takes a path as the process sees it', () => {
    const here = machine({ workingFolder: '/corp' });
    here.write('/corp/ca.pem', pem('company'));
    const values = valuesIn(withVariables(here, { SSL_CERT_FILE: 'ca.pem', CURL_CA_BUNDLE: '' }));
    expect(heldBy(values['SSL_CERT_FILE'], here)).toEqual(['company', 'devca']);
    expect(heldBy(values['CURL_CA_BUNDLE'], here)).toEqual(['company', 'devca']);
  });

  it('asks the variables that readers turn to where theirs is not set', () => {
    const here = machine();
    here.write('/corp/ca.pem', pem('company'));
    const values = valuesIn(withVariables(here, { CURL_CA_BUNDLE: '/corp/ca.pem' }));
    for (const name of ['CURL_CA_BUNDLE', 'REQUESTS_CA_BUNDLE', 'PIP_CERT'])
      expect(heldBy(values[name], here)).toEqual(['company', 'devca']);
    expect(heldBy(values['AWS_CA_BUNDLE'], here)).toEqual(['public', 'devca']);
  });

  it('reads the folders of OpenSSL as it does: by hash, beside the file', () => {
    const here = machine();
    here.write('/corp/certs/0a1b2c3d.0', pem('company'));
    here.write('/corp/certs/other.pem', pem('other'));
    const folders = { SSL_CERT_DIR: '/nowhere:/corp/certs' };
    const alone = valuesIn(withVariables(here, folders));
    expect(heldBy(alone['SSL_CERT_FILE'], here)).toEqual(['company', 'devca']);
    const both = valuesIn(withVariables(here, { ...folders, SSL_CERT_FILE: SYSTEM }));
    expect(heldBy(both['SSL_CERT_FILE'], here)).toEqual(['public', 'company', 'devca']);
    here.write('/etc/pki/tls/cert.pem', pem('other'));
    const withDefault = valuesIn(withVariables(here, folders));
    expect(heldBy(withDefault['SSL_CERT_FILE'], here)).toEqual(['other', 'company', 'devca']);
  });

  it('reads folders of OpenSSL up to a limit in all', () => {
    const here = machine();
    const long = `${pem('company')}${'#'.repeat(30 * 1024 * 1024)}\n`;
    const folders = ['/a', '/b', '/c'];
    for (const folder of folders) here.write(`${folder}/0a1b2c3d.0`, long);
    const withFolders = (names: readonly string[]) => () =>
      valuesIn(withVariables(here, { SSL_CERT_DIR: names.join(':') }));
    expect(codeOf(withFolders(['/a', '/b', '/a']))).toBe('nothing was thrown');
    expect(withFolders(folders)).toThrow('"/c" (named by SSL_CERT_FILE');
  });

  it('never lets the roots of devca stand alone: what cannot be read is an error, all of it in one', () => {
    const here = machine();
    here.write('/empty.pem', 'nothing\n');
    here.write('/torn.pem', pem('company').slice(0, 200));
    const variables = {
      SSL_CERT_FILE: '/empty.pem',
      GIT_SSL_CAINFO: '/torn.pem',
      NODE_EXTRA_CA_CERTS: '/gone.pem',
      SSL_CERT_DIR: '',
    };
    const error = codeOf(() => valuesIn(withVariables(here, variables)));
    expect(error).toBe('DEVCA_RUNTIME_ROOTS');
    try {
      valuesIn(withVariables(here, variables));
    } catch (thrown) {
      const { message, hints } = thrown as DevcaError;
      expect(message).toContain('"/empty.pem" (named by SSL_CERT_FILE, CURL_CA_BUNDLE');
      expect(message).toMatch(/"\/torn.pem" \(named by GIT_SSL_CAINFO\) cannot be read: /);
      expect(message).toContain('"/gone.pem" (named by NODE_EXTRA_CA_CERTS) is not there');
      expect(hints[0]).toMatch(/"unset (?=.*SSL_CERT_FILE)(?=.*GIT_SSL_CAINFO)(?=.*NODE_EXTRA_CA_CERTS)/);
    }
    here.write(SYSTEM, '');
    expect(codeOf(() => valuesIn(here.world))).toBe('DEVCA_RUNTIME_ROOTS');
    expect(codeOf(() => valuesIn(withVariables(here, { SSL_CERT_DIR: '/nowhere' })))).toBe(
      'DEVCA_RUNTIME_ROOTS',
    );
  });

  it('is no bundle either where the system has none, unless the runtime knows its roots', () => {
    const here = fakeMachine({ folder: scratchFolder() });
    expect(codeOf(() => valuesIn(here.world))).toBe('DEVCA_RUNTIME_NO_SYSTEM_ROOTS');
    const values = valuesIn(here.world, { systemRoots: [pem('public')] });
    expect(heldBy(values['SSL_CERT_FILE'], here)).toEqual(['public', 'devca']);
    expect(valuesIn(here.world, { only: ['deno'] })).toEqual({
      NODE_EXTRA_CA_CERTS: values['NODE_EXTRA_CA_CERTS'],
      DENO_CERT: values['DENO_CERT'],
    });
  });

  it.each([
    ['linux', '/etc/pki/tls/certs/ca-bundle.crt'],
    ['linux', '/etc/ssl/ca-bundle.pem'],
    ['linux', '/etc/ssl/cert.pem'],
    ['darwin', '/etc/ssl/cert.pem'],
    ['freebsd', '/usr/local/share/certs/ca-root-nss.crt'],
  ] as const)('finds the bundle of %s in %s', (platform, path) => {
    const here = fakeMachine({ folder: scratchFolder(), system: { platform } });
    here.write(path, pem('other'));
    expect(heldBy(valuesIn(here.world)['GIT_SSL_CAINFO'], here)).toEqual(['other', 'devca']);
  });

  it('makes a bundle anew when anything of it changes, in the same place, and otherwise leaves it', () => {
    const here = machine();
    const [first] = trustEnvironment({ roots: ROOTS, only: ['git'] }, here.world);
    const path = first?.value ?? '';
    const before = here.world.files.status(path)?.modifiedAt;
    valuesIn(here.world, { only: ['git'] });
    expect(here.world.files.status(path)?.modifiedAt).toEqual(before);
    here.write(SYSTEM, pem('public', 'other'));
    expect(valuesIn(here.world, { only: ['git'] })).toEqual({ GIT_SSL_CAINFO: path });
    expect(heldBy(path, here)).toEqual(['public', 'other', 'devca']);
    const rolled = { ...ROOTS, certificates: [...ROOTS.certificates, certificates.company] };
    valuesIn(here.world, { only: ['git'], roots: rolled });
    expect(heldBy(path, here)).toEqual(['public', 'other', 'devca', 'company']);
    here.write(path, `${here.read(path)?.slice(0, -100)}`);
    valuesIn(here.world, { only: ['git'], roots: rolled });
    expect(heldBy(path, here)).toEqual(['public', 'other', 'devca', 'company']);
    expect(here.world.files.list(PUBLIC)).toHaveLength(1);
  });

  it('gives two authorities two bundles', () => {
    const here = machine();
    const other = { owner: ['/elsewhere'], certificates: [certificates.other] };
    const [one, two] = [ROOTS, other].map((roots) => valuesIn(here.world, { roots })['SSL_CERT_FILE']);
    expect(heldBy(one, here)).toEqual(['public', 'devca']);
    expect(heldBy(two, here)).toEqual(['public', 'other']);
  });

  it('is readable by others, and believes no bundle that others could have written', () => {
    const folder = scratchFolder();
    const here = fakeMachine({ folder });
    here.write(SYSTEM, pem('public'));
    const path = valuesIn(here.world, { only: ['git'] })['GIT_SSL_CAINFO'] ?? '';
    const real = join(folder, path);
    expect(statSync(real).mode & 0o777).toBe(0o644);
    expect(statSync(join(folder, PUBLIC)).mode & 0o777).toBe(0o755);
    chmodSync(real, 0o666);
    valuesIn(here.world, { only: ['git'] });
    expect(statSync(real).mode & 0o777).toBe(0o644);
  });

  it('leaves nothing half written where the disk is full', () => {
    const here = machine();
    for (let nth = 1; nth <= 3; nth++) {
      const { files } = faultyFiles(here.world.files, nth, false);
      expect(codeOf(() => valuesIn({ ...here.world, files }, { only: ['git'] }))).toBe(
        'DEVCA_FILE_DISK_FULL',
      );
      const names = here.world.files.status(PUBLIC) === undefined ? [] : here.world.files.list(PUBLIC);
      expect(names.filter((name) => !name.endsWith('.pem'))).toEqual([]);
    }
  });

  it('takes its own bundles for what they were made from, so that nothing piles up', () => {
    const here = machine();
    here.write('/corp/ca.pem', pem('company'));
    const before = withVariables(here, { SSL_CERT_FILE: '/corp/ca.pem', SSL_CERT_DIR: '/corp/certs' });
    const first = valuesIn(before);
    const again = withVariables({ world: before }, first);
    expect(valuesIn(again)).toEqual(first);
    const later = { ...ROOTS, certificates: [certificates.other] };
    expect(heldBy(valuesIn(again, { roots: later })['SSL_CERT_FILE'], here)).toEqual(['company', 'other']);
    here.world.files.remove(first['GIT_SSL_CAINFO'] ?? '');
    expect(codeOf(() => valuesIn(again))).toBe('DEVCA_RUNTIME_ROOTS');
  });

  it('reads the settings that a variable stands above', () => {
    const here = machine();
    for (const who of ['company', 'other'] as const) here.write(`/corp/${who}.pem`, pem(who));
    here.write(
      '/home/ada/.gitconfig',
      '[user]\n\tname = Ada\n[http]\n\tsslCAInfo = "/corp/company.pem"\n[http "https://other.example"]\n\tsslcainfo = /corp/other.pem ; theirs\n',
    );
    here.write('/home/ada/.config/pip/pip.conf', '[global]\ncert=~/ca.pem\n');
    here.write('/home/ada/ca.pem', pem('other'));
    here.write(
      '/home/ada/.aws/config',
      '[default]\nregion = x\n[profile work]\nca_bundle = /corp/company.pem\n',
    );
    here.write('/home/ada/.cargo/config.toml', '[http]\ncainfo = "../company.pem" # ours\n');
    here.write('/home/ada/company.pem', pem('company'));
    here.write('/home/ada/.npmrc', 'registry=https://npm.example/\ncafile=${HOME}/company.pem\n');
    const values = valuesIn(here.world);
    expect(heldBy(values['GIT_SSL_CAINFO'], here)).toEqual(['company', 'other', 'devca']);
    expect(heldBy(values['PIP_CERT'], here)).toEqual(['other', 'devca']);
    expect(heldBy(values['AWS_CA_BUNDLE'], here)).toEqual(['public', 'company', 'devca']);
    expect(heldBy(values['CARGO_HTTP_CAINFO'], here)).toEqual(['company', 'devca']);
    expect(heldBy(values['npm_config_cafile'], here)).toEqual(['company', 'devca']);
    expect(heldBy(values['SSL_CERT_FILE'], here)).toEqual(['public', 'devca']);
    const set = withVariables(here, values);
    expect(valuesIn(set)).toEqual(values);
    expect(restoredEnvironment(set).filter(({ value }) => value !== undefined)).toEqual([]);
    const own = valuesIn(withVariables(here, { PIP_CERT: '/corp/company.pem' }));
    expect(heldBy(own['PIP_CERT'], here)).toEqual(['company', 'devca']);
  });

  it('says so where settings name what cannot be read, with no variable to unset', () => {
    const here = machine();
    here.write('/home/ada/.gitconfig', '[http]\n\tsslCAInfo = /gone.pem\n');
    try {
      valuesIn(here.world);
      expect('an error').toBe('thrown');
    } catch (thrown) {
      const { code, message, hints } = thrown as DevcaError;
      expect(code).toBe('DEVCA_RUNTIME_ROOTS');
      expect(message).toContain('"/gone.pem" is not there');
      expect(hints.join()).not.toContain('unset');
    }
  });

  it('is undone exactly', () => {
    const here = machine();
    here.write('/corp/ünïcode -----BEGIN.pem', pem('company'));
    const variables = { SSL_CERT_FILE: '/corp/ünïcode -----BEGIN.pem', GIT_SSL_CAINFO: SYSTEM, HOME: '/x' };
    const before = withVariables(here, variables);
    const values = valuesIn(before);
    const changes = restoredEnvironment(withVariables({ world: before }, values));
    expect(changes.map(({ name }) => name)).toEqual(Object.keys(values));
    expect(changes.filter(({ value }) => value !== undefined)).toEqual([
      { name: 'SSL_CERT_FILE', value: variables.SSL_CERT_FILE },
      { name: 'GIT_SSL_CAINFO', value: SYSTEM },
    ]);
    expect(restoredEnvironment(before)).toEqual([]);
  });

  it('leaves the settings of wget alone where there are some, which may hold passwords', () => {
    const here = machine();
    const wget = { only: ['wget'] } as const;
    expect(Object.keys(valuesIn(here.world, wget))).toEqual(['WGETRC']);
    expect(valuesIn(withVariables(here, { WGETRC: '/mine' }), wget)).toEqual({});
    here.write('/home/ada/.wgetrc', 'http_password = secret');
    expect(valuesIn(here.world, wget)).toEqual({});
  });

  it('does not write a path into settings that cannot hold it', () => {
    const here = machine({ homeFolder: '/home/two\nlines' });
    expect(codeOf(() => valuesIn(here.world, { only: ['wget'] }))).toBe('DEVCA_RUNTIME_VALUE');
  });

  it('sets what is asked for, without what is not', () => {
    const here = machine();
    expect(Object.keys(valuesIn(here.world, { only: ['node', 'git'], without: ['git'] }))).toEqual([
      'NODE_EXTRA_CA_CERTS',
    ]);
  });
});
