import { beforeEach, expect, it, jest } from '@jest/globals';
import { describeWith } from '../../support/tools.ts';
import { type ImportDocument, type ImportLab, importLab } from './lab.ts';

jest.setTimeout(60_000);

describeWith(['openssl'], 'an authority that OpenSSL has made', () => {
  let lab: ImportLab;
  beforeEach(() => {
    lab = importLab();
  });

  const make = (newKey: string, ...more: readonly string[]) =>
    lab.tool('openssl', [
      'req',
      '-x509',
      '-newkey',
      newKey,
      '-nodes',
      '-keyout',
      'ca.key',
      '-out',
      'ca.pem',
      '-days',
      '3650',
      '-subj',
      '/CN=Office CA',
      ...more,
    ]);
  const FILES = ['--cert', 'ca.pem', '--key', 'ca.key', '--keystore', 'file'] as const;
  const refused = async (...words: readonly string[]) => (await lab.devca('ca', 'import', ...words)).stderr;

  it.each([['rsa:2048'], ['rsa:4096'], ['ec:P-384']])(
    'is imported with a key of the kind %s',
    async (kind) => {
      const [name = '', curve] = kind.split(':');
      if (name === 'ec') make('ec', '-pkeyopt', `ec_paramgen_curve:${curve}`);
      else make(kind);
      const imported = await lab.json<ImportDocument>('ca', 'import', ...FILES, '--name', 'office');
      expect(imported).toMatchObject({ issuesFrom: 'own-intermediate', authority: { name: 'office' } });
      const { files } = await lab.json<{ files: Record<string, string> }>('issue', 'api.test');
      expect(
        lab.tool('openssl', [
          'verify',
          '-CAfile',
          'ca.pem',
          '-untrusted',
          files['fullchain'] ?? '',
          files['cert'] ?? '',
        ]),
      ).toContain('OK');
    },
  );

  it.each([
    ['a key of 1024 bits', ['rsa:1024'], /RSA of 1024 bits, which clients refuse/],
    ['SHA-1', ['rsa:2048', '-sha1'], /sha1WithRSAEncryption, which can be forged/],
    [
      'no right to sign certificates',
      ['rsa:2048', '-addext', 'keyUsage=critical,digitalSignature'],
      /no keyCertSign/,
    ],
    ['an Ed25519 key', ['ed25519'], /browsers refuse what such a key signs/],
  ])('is refused with %s', async (_, [newKey = '', ...more], reason) => {
    make(newKey, ...more);
    expect(await refused(...FILES)).toMatch(reason);
    expect((await lab.devca('ca', 'list')).stderr).toContain('DEVCA_AUTHORITY_MISSING');
  });

  it('is refused where what is given makes no sense', async () => {
    make('rsa:2048');
    for (const words of [
      ['--key', 'ca.key'],
      ['--cert', 'ca.pem', '--key', 'ca.key', '.'],
      ['--cert', 'ca.pem', '--from', 'caddy'],
      ['--from', 'pem'],
      ['--cert', 'ca.pem', '--intermediate-key', 'ca.key'],
    ])
      expect(await refused(...words)).toContain('DEVCA_USAGE_INVALID');
    expect(await refused('--cert', 'ca.pem')).toContain('DEVCA_IMPORT_KEY_MISSING');
  });
});
