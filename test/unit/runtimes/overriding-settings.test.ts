import { describe, expect, it } from '@jest/globals';
import type { World } from '../../../src/platform/world.ts';
import { mendingCommands } from '../../../src/runtimes/override-verdict.ts';
import { type OverridingSetting, overridingSettings } from '../../../src/runtimes/overriding-settings.ts';
import { DEVCA_SHA256, machine, pem, SYSTEM, withVariables } from './lab.ts';

const rowsOf = (world: World, place = ''): readonly OverridingSetting[] =>
  overridingSettings([DEVCA_SHA256], world, mendingCommands(place));

/** A machine on which a company's root is in `/corp/ca.pem`, and devca's beside it in `/good.pem`. */
function laboratory(files: Readonly<Record<string, string>>) {
  const here = machine({ uid: 1000 });
  here.write('/corp/ca.pem', pem('company'));
  here.write('/good.pem', pem('company', 'devca'));
  for (const [path, text] of Object.entries(files)) here.write(path, text);
  return here;
}

/** What the settings in one file come to. */
const one = (path: string, text: string): OverridingSetting | undefined =>
  rowsOf(laboratory({ [path]: text }).world)[0];

describe('settings that stand above the stores', () => {
  it('are none where no tool has any about trust', () => {
    const files = { '/home/ada/.gitconfig': '[user]\n\tname = Ada\n', '/home/ada/.curlrc': 'silent\n' };
    expect(rowsOf(laboratory(files).world)).toEqual([]);
  });

  it('are told with their file, what they do and what mends it', () => {
    const { world } = laboratory({
      '/home/ada/.gitconfig': '[http]\n\tsslCAInfo = /corp/ca.pem\n\tsslVerify = false\n',
      '/home/ada/.curlrc': '--cacert "/corp/ca.pem"\n',
    });
    expect(rowsOf(world, ' --home /h')).toEqual([
      {
        file: '/home/ada/.gitconfig',
        setting: 'http.sslCAInfo',
        value: '/corp/ca.pem',
        effect: 'replaces',
        readers: 'git',
        status: 'not-trusted',
        detail: 'for git, only the roots in "/corp/ca.pem" count, and devca\'s is not among them',
        fix: 'eval "$(devca env --home /h)"',
      },
      {
        file: '/home/ada/.gitconfig',
        setting: 'http.sslVerify',
        value: 'false',
        effect: 'off',
        readers: 'git',
        status: 'verification-off',
        detail: 'switches the verification of certificates off for git',
        fix: 'git config --file /home/ada/.gitconfig --unset-all http.sslVerify',
      },
      {
        file: '/home/ada/.curlrc',
        setting: 'cacert',
        value: '/corp/ca.pem',
        effect: 'replaces',
        readers: 'curl',
        status: 'not-trusted',
        detail: 'for curl, only the roots in "/corp/ca.pem" count, and devca\'s is not among them',
        fix: 'devca ca export-trust --home /h >> /corp/ca.pem',
      },
    ]);
  });

  it.each([
    ['/home/ada/.curlrc', 'cacert = /good.pem', 'trusted', ''],
    ['/home/ada/.curlrc', `cacert = ${SYSTEM}`, 'not-trusted', 'devca trust install --store system'],
    [
      '/home/ada/.curlrc',
      'cacert = /gone.pem',
      'unreadable',
      "sed -i.bak -E '/^[[:space:]]*-{0,2}cacert([[:space:]=:]|$)/d' /home/ada/.curlrc",
    ],
    [
      '/home/ada/.config/curlrc',
      '-k',
      'verification-off',
      "sed -i.bak -E '/^[[:space:]]*-{0,2}(insecure|k)([[:space:]=:]|$)/d' /home/ada/.config/curlrc",
    ],
    ['/home/ada/.npmrc', 'cafile=/corp/ca.pem', 'not-trusted', 'eval "$(devca env)"'],
    [
      '/home/ada/.npmrc',
      'cafile=${HOME}/none.pem',
      'unreadable',
      'npm config delete cafile --userconfig /home/ada/.npmrc',
    ],
    ['/home/ada/.npmrc', `ca="${pem('devca').replaceAll('\n', '\\n')}"`, 'trusted', ''],
    [
      '/home/ada/.npmrc',
      `ca[]="${pem('company').replaceAll('\n', '\\n')}"`,
      'not-trusted',
      'npm config delete ca --userconfig /home/ada/.npmrc',
    ],
    ['/home/ada/.npmrc', 'ca=nonsense', 'unreadable', 'npm config delete ca --userconfig /home/ada/.npmrc'],
    [
      '/home/ada/.npmrc',
      'strict-ssl=false',
      'verification-off',
      'npm config delete strict-ssl --userconfig /home/ada/.npmrc',
    ],
    [
      '/home/ada/.condarc',
      'ssl_verify: /corp/ca.pem',
      'not-trusted',
      'devca ca export-trust >> /corp/ca.pem',
    ],
    [
      '/home/ada/.condarc',
      'ssl_verify: False',
      'verification-off',
      'conda config --file /home/ada/.condarc --remove-key ssl_verify',
    ],
    ['/home/ada/.config/pip/pip.conf', '[global]\ncert = /corp/ca.pem', 'not-trusted', 'eval "$(devca env)"'],
    [
      '/etc/pip.conf',
      '[global]\ncert = /gone.pem',
      'unreadable',
      "sudo sed -i.bak -E '/^[[:space:]]*-{0,2}cert([[:space:]=:]|$)/d' /etc/pip.conf",
    ],
    [
      '/home/ada/.wgetrc',
      'check_certificate = off',
      'verification-off',
      "sed -i.bak -E '/^[[:space:]]*-{0,2}check_certificate([[:space:]=:]|$)/d' /home/ada/.wgetrc",
    ],
    ['/home/ada/.wgetrc', 'ca_certificate = /etc/corp.pem', 'unreadable', expect.stringContaining('sed')],
  ])('are judged by what they name: %s, %s', (path, text, status, fix) => {
    expect(one(path, `${text}\n`)).toMatchObject({ file: path, status, fix });
  });

  it.each([
    ['/home/ada/.condarc', 'ssl_verify: truststore'],
    ['/home/ada/.condarc', 'ssl_verify: true'],
    ['/home/ada/.npmrc', 'strict-ssl=true'],
    ['/home/ada/.npmrc', 'ca=null'],
    ['/home/ada/.gitconfig', '[http]\nsslVerify = true\n[http "https://one.example"]\nsslVerify = false'],
    ['/home/ada/.curlrc', 'insecure\nno-insecure'],
    ['/home/ada/.curlrc', 'proxy-cacert = /corp/ca.pem'],
  ])('do not count where they leave everything as it is, or concern single servers: %s, %s', (path, text) => {
    expect(one(path, `${text}\n`)).toBeUndefined();
  });

  it('have the last word by what stands last, in the file that counts most', () => {
    const { world } = laboratory({
      '/etc/gitconfig': '[http]\nsslVerify = false\nsslCAInfo = /gone.pem\n',
      '/home/ada/.gitconfig': '[http]\nsslVerify = true\nsslCAInfo = /corp/ca.pem\nsslCAInfo = ~/ours.pem\n',
      '/home/ada/ours.pem': pem('devca'),
      '/home/ada/.curlrc': 'cacert = /good.pem\n',
      '/home/ada/.config/curlrc': 'insecure\n',
    });
    expect(rowsOf(world)).toMatchObject([
      { setting: 'http.sslCAInfo', value: '/home/ada/ours.pem', status: 'trusted' },
      { setting: 'cacert', status: 'trusted' },
    ]);
    const elsewhere = withVariables(
      { world },
      { CURL_HOME: '/home/ada/.config', GIT_CONFIG_GLOBAL: '/none' },
    );
    expect(rowsOf(elsewhere).map(({ file, status }) => [file, status])).toEqual([
      ['/etc/gitconfig', 'unreadable'],
      ['/etc/gitconfig', 'verification-off'],
      ['/home/ada/.curlrc', 'trusted'],
    ]);
  });

  it('of npm may stand below the folder that Node is in', () => {
    const here = laboratory({ '/opt/node/etc/npmrc': 'cafile=/good.pem\n' });
    const exec = { ...here.world.exec, find: () => '/opt/node/bin/node' };
    expect(rowsOf({ ...here.world, exec })).toMatchObject([
      { file: '/opt/node/etc/npmrc', status: 'trusted' },
    ]);
  });

  it('are those of the machine alone where there is no home', () => {
    const { world } = laboratory({
      '/etc/gitconfig': '[http]\nsslVerify = false\n',
      '/home/ada/.curlrc': '-k\n',
    });
    const homeless = { ...world, system: { ...world.system, homeFolder: undefined } };
    expect(rowsOf(homeless).map(({ file, fix }) => [file, fix])).toEqual([
      ['/etc/gitconfig', 'sudo git config --file /etc/gitconfig --unset-all http.sslVerify'],
    ]);
  });

  it('do not count below a variable that stands above them', () => {
    const { world } = laboratory({
      '/home/ada/.gitconfig': '[http]\nsslCAInfo = /corp/ca.pem\n',
      '/home/ada/.npmrc': 'cafile=/corp/ca.pem\nstrict-ssl=false\n',
      '/home/ada/.condarc': 'ssl_verify: false\n',
      '/home/ada/.curlrc': 'cacert = /corp/ca.pem\n',
    });
    const variables = {
      GIT_SSL_CAINFO: '/good.pem',
      npm_config_cafile: '/good.pem',
      npm_config_strict_ssl: 'true',
      CONDA_SSL_VERIFY: 'truststore',
      CURL_CA_BUNDLE: '/good.pem',
    };
    expect(rowsOf(withVariables({ world }, variables)).map(({ setting }) => setting)).toEqual(['cacert']);
  });

  it('of a file and a folder count together', () => {
    const { world } = laboratory({
      '/home/ada/.curlrc': 'cacert = /corp/ca.pem\ncapath = /certs\n',
      '/certs/0a1b2c3d.0': pem('devca'),
    });
    expect(rowsOf(world).map(({ status }) => status)).toEqual(['trusted', 'trusted']);
  });

  it('that name a folder are mended there', () => {
    const { world } = laboratory({
      '/home/ada/.curlrc': 'capath = /certs\n',
      '/certs/0a1b2c3d.0': pem('company'),
    });
    expect(rowsOf(world)).toMatchObject([
      {
        status: 'not-trusted',
        fix: 'devca ca export-trust | tee /certs/devca.pem > /dev/null && openssl rehash /certs',
      },
    ]);
  });
});
