import { createPrivateKey } from 'node:crypto';
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { beforeEach, expect, it } from '@jest/globals';
import { describeWith } from '../../support/tools.ts';
import { formatLab, type Lab } from './lab.ts';

let lab: Lab;
let key: string;

/** A certificate whose key is in a PKCS#12 file and a JKS file, and nowhere else. */
beforeEach(async () => {
  lab = await formatLab();
  await lab.devca('issue', 'api.test', '--format', 'pem,p12', ...password());
  key = keyAt('api.test-key.pem');
  rmSync(lab.path('api.test-key.pem'));
});

const password = () => ['--password-file', lab.passwordFile];
const keyAt = (name: string): string =>
  createPrivateKey(readFileSync(lab.path(name)))
    .export({ type: 'pkcs8', format: 'pem' })
    .toString();

/** What devca makes of the store that stands there now. */
async function exported(...flags: readonly string[]): Promise<string> {
  await lab.devca('export', 'api.test', '--format', 'combined', ...flags);
  return keyAt('api.test-combined.pem');
}

describeWith(['openssl'], 'a store that openssl has put under another password', () => {
  const writers: readonly (readonly string[])[] = [
    [],
    ['-legacy'],
    ['-nomac'],
    ['-iter', '1000', '-macalg', 'sha512', '-keypbe', 'AES-128-CBC', '-certpbe', 'NONE'],
  ];

  it.each(writers.map((flags) => [flags.join(' '), flags] as const))(
    'is read, and renewed from it (openssl pkcs12 -export %s)',
    async (_, flags) => {
      const [store, made, other] = ['api.test.p12', 'made.p12', 'other'].map(lab.path);
      if (store === undefined || made === undefined || other === undefined) throw new Error('no paths');
      writeFileSync(other, 'another pass word\n');
      const plain = lab.tool(
        'openssl',
        ...['pkcs12', '-in', store, '-passin', `file:${lab.passwordFile}`, '-nodes'],
      );
      writeFileSync(lab.path('plain.pem'), plain);
      const to = ['-out', made, '-passout', `file:${other}`];
      lab.tool('openssl', 'pkcs12', '-export', '-in', lab.path('plain.pem'), ...to, ...flags);
      rmSync(lab.path('plain.pem'));
      renameSync(made, store);
      expect(await exported('--password-file', other)).toBe(key);
      rmSync(lab.path('api.test-combined.pem'));
      await lab.devca('renew', 'api.test', '--force', '--password-file', other);
      expect(keyAt('api.test-key.pem')).toBe(key);
    },
  );
});

describeWith(['keytool'], 'a store that keytool has made of it', () => {
  it.each([
    ['p12', 'PKCS12', 'JKS'],
    ['jks', 'JKS', 'PKCS12'],
    ['jks', 'JKS', 'JKS'],
  ])('is read (.%s, %s to %s)', async (ending, from, to) => {
    await lab.devca('export', 'api.test', '--format', 'jks', ...password());
    const other = ending === 'p12' ? 'jks' : 'p12';
    rmSync(lab.path(`api.test.${other}`));
    const source = ['-srckeystore', lab.path(`api.test.${ending}`), '-srcstoretype', from];
    const target = ['-destkeystore', lab.path('made'), '-deststoretype', to];
    const words = ['-srcstorepass:file', lab.passwordFile, '-deststorepass:file', lab.passwordFile];
    lab.tool('keytool', '-importkeystore', '-noprompt', ...source, ...target, ...words);
    renameSync(lab.path('made'), lab.path(`api.test.${ending}`));
    expect(await exported(...password())).toBe(key);
  });
});
