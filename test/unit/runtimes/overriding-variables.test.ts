import { describe, expect, it } from '@jest/globals';
import type { World } from '../../../src/platform/world.ts';
import { mendingCommands } from '../../../src/runtimes/override-verdict.ts';
import { overridingVariables } from '../../../src/runtimes/overriding-variables.ts';
import { trustEnvironment } from '../../../src/runtimes/trust-environment.ts';
import { DEVCA_SHA256, jks, machine, pem, ROOTS, SYSTEM, withVariables } from './lab.ts';

const statuses = (world: World): Record<string, string> =>
  Object.fromEntries(
    overridingVariables([DEVCA_SHA256], world, mendingCommands('')).map(({ variable, status }) => [
      variable,
      status,
    ]),
  );

describe('variables that stand above the stores', () => {
  it('are none where none is set', () => {
    expect(statuses(withVariables(machine(), { SSL_CERT_FILE: '' }))).toEqual({});
  });

  it('are told with what they do and what mends it', () => {
    const here = machine();
    here.write('/corp/ca.pem', pem('company'));
    here.write('/good.pem', pem('company', 'devca'));
    const world = withVariables(here, {
      GIT_SSL_CAINFO: '/corp/ca.pem',
      PIP_CERT: '/gone.pem',
      NODE_EXTRA_CA_CERTS: '/good.pem',
      NODE_TLS_REJECT_UNAUTHORIZED: '0',
      PYTHONHTTPSVERIFY: '1',
    });
    expect(overridingVariables([DEVCA_SHA256], world, mendingCommands(' --home /h'))).toEqual([
      {
        variable: 'NODE_EXTRA_CA_CERTS',
        value: '/good.pem',
        effect: 'adds',
        readers: 'Node, Bun and Electron',
        status: 'trusted',
        detail: 'for Node, Bun and Electron, the roots in "/good.pem" count beside their own',
        fix: '',
      },
      {
        variable: 'PIP_CERT',
        value: '/gone.pem',
        effect: 'replaces',
        readers: 'pip',
        status: 'unreadable',
        detail: 'for pip, only the roots in "/gone.pem" count, and it is not there',
        fix: 'unset PIP_CERT',
      },
      {
        variable: 'GIT_SSL_CAINFO',
        value: '/corp/ca.pem',
        effect: 'replaces',
        readers: 'git',
        status: 'not-trusted',
        detail: 'for git, only the roots in "/corp/ca.pem" count, and devca\'s is not among them',
        fix: 'eval "$(devca env --home /h)"',
      },
      {
        variable: 'NODE_TLS_REJECT_UNAUTHORIZED',
        value: '0',
        effect: 'off',
        readers: 'Node, Bun and Electron',
        status: 'verification-off',
        detail: 'switches the verification of certificates off for Node, Bun and Electron',
        fix: 'unset NODE_TLS_REJECT_UNAUTHORIZED',
      },
    ]);
  });

  it('are seen as OpenSSL sees them: what the file or the folders have is trusted', () => {
    const here = machine();
    here.write('/certs/0a1b2c3d.0', pem('devca'));
    here.write('/corp/ca.pem', pem('company'));
    const both = { SSL_CERT_DIR: '/certs', SSL_CERT_FILE: '/corp/ca.pem' };
    expect(statuses(withVariables(here, both))).toEqual({
      SSL_CERT_DIR: 'trusted',
      SSL_CERT_FILE: 'trusted',
    });
    expect(statuses(withVariables(here, { ...both, SSL_CERT_DIR: '/nowhere' }))).toEqual({
      SSL_CERT_DIR: 'not-trusted',
      SSL_CERT_FILE: 'not-trusted',
    });
    here.write('/certs/0a1b2c3d.1', '-----BEGIN CERTIFICATE-----\n');
    expect(statuses(withVariables(here, { SSL_CERT_DIR: '/certs' }))).toEqual({ SSL_CERT_DIR: 'unreadable' });
  });

  it('are to be unset where they name a file without a certificate, which "devca env" could not keep', () => {
    const here = machine();
    here.write('/etc/passwd', 'root:x:0:0:root:/root:/bin/sh\n');
    const rows = overridingVariables(
      [DEVCA_SHA256],
      withVariables(here, { SSL_CERT_FILE: '/etc/passwd' }),
      mendingCommands(''),
    );
    expect(rows).toMatchObject([
      {
        status: 'unreadable',
        detail: expect.stringContaining('and it has no certificate in it'),
        fix: 'unset SSL_CERT_FILE',
      },
    ]);
  });

  it('are mended by the system store where they name that', () => {
    const here = machine();
    here.write('/etc/ssl/certs/0a1b2c3d.0', pem('public'));
    const variables = { SSL_CERT_FILE: SYSTEM, SSL_CERT_DIR: '/etc/ssl/certs', PIP_CERT: '/gone.pem' };
    const rows = overridingVariables(
      [DEVCA_SHA256],
      withVariables(here, variables),
      mendingCommands(' --home /h'),
    );
    expect(rows.map(({ fix }) => fix)).toEqual([
      'devca trust install --store system --home /h',
      'unset PIP_CERT',
      'devca trust install --store system --home /h',
    ]);
  });

  it('include the stores that options of Java name', () => {
    const here = machine();
    here.write('/trust.jks');
    here.world.files.remove('/trust.jks');
    here.world.files.createExclusive('/trust.jks', jks('changeit', 'devca'), 0o644);
    const world = withVariables(here, {
      JAVA_TOOL_OPTIONS: '-Xmx1g -Djavax.net.ssl.trustStore=/trust.jks',
      _JAVA_OPTIONS: '-Djavax.net.ssl.trustStore=/gone.jks',
      JDK_JAVA_OPTIONS: '-Xmx1g',
    });
    expect(statuses(world)).toEqual({ JAVA_TOOL_OPTIONS: 'trusted', _JAVA_OPTIONS: 'unreadable' });
  });

  it.each([
    ['GIT_SSL_NO_VERIFY', ''],
    ['PYTHONHTTPSVERIFY', '0'],
    ['npm_config_strict_ssl', 'false'],
    ['CLOUDSDK_AUTH_DISABLE_SSL_VALIDATION', 'True'],
  ])('include %s=%s, which switches verification off', (variable, value) => {
    expect(statuses(withVariables(machine(), { [variable]: value }))).toEqual({
      [variable]: 'verification-off',
    });
  });

  it('are all in order in the environment that devca makes', () => {
    const here = machine();
    here.write('/corp/ca.pem', pem('company'));
    const before = withVariables(here, { SSL_CERT_FILE: '/corp/ca.pem', GIT_SSL_CAINFO: '/corp/ca.pem' });
    const settings = trustEnvironment({ roots: ROOTS }, before);
    const after = withVariables(
      { world: before },
      Object.fromEntries(settings.map(({ name, value }) => [name, value])),
    );
    expect([...new Set(Object.values(statuses(after)))]).toEqual(['trusted']);
  });
});
