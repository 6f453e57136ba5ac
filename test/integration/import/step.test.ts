import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { beforeEach, expect, it, jest } from '@jest/globals';
import { describeWith } from '../../support/tools.ts';
import { type ImportDocument, type ImportLab, importLab } from './lab.ts';

jest.setTimeout(60_000);

/** The layout of https://smallstep.com/docs/step-ca/, with files that OpenSSL has made. */
describeWith(['openssl'], "an authority in step-ca's layout, once devca has imported it", () => {
  let lab: ImportLab;
  beforeEach(() => {
    lab = importLab();
    for (const folder of ['certs', 'secrets', 'config', 'db'])
      mkdirSync(lab.path(`.step/${folder}`), { recursive: true });
    writeFileSync(lab.path('password'), 'step secret\n', { mode: 0o600 });
    const at = { root: '.step/certs/root_ca.crt', intermediate: '.step/certs/intermediate_ca.crt' };
    const extensions = (pathLength: number) => [
      ...['-addext', `basicConstraints=critical,CA:TRUE,pathlen:${pathLength}`],
      ...['-addext', 'keyUsage=critical,keyCertSign,cRLSign'],
    ];
    const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
    lab.tool('openssl', [
      'req',
      '-x509',
      ...newKey,
      '-keyout',
      'root.key',
      '-out',
      at.root,
      '-days',
      '3650',
      '-subj',
      '/O=Work/CN=Work Root CA',
      ...extensions(1),
    ]);
    lab.tool('openssl', [
      'req',
      ...newKey,
      '-keyout',
      'intermediate.key',
      '-out',
      'intermediate.csr',
      '-subj',
      '/O=Work/CN=Work Intermediate CA',
      ...extensions(0),
    ]);
    lab.tool('openssl', [
      'x509',
      '-req',
      '-in',
      'intermediate.csr',
      '-copy_extensions',
      'copyall',
      '-CA',
      at.root,
      '-CAkey',
      'root.key',
      '-days',
      '3650',
      '-out',
      at.intermediate,
    ]);
  });

  /** As `step ca init` writes keys: `EC PRIVATE KEY` with the headers of RFC 1421. */
  const lock = (name: string, password: string) =>
    lab.tool('openssl', [
      'ec',
      '-in',
      `${name}.key`,
      '-aes256',
      '-passout',
      `pass:${password}`,
      '-out',
      `.step/secrets/${name}_ca_key`,
    ]);
  /** As later releases do: PKCS#8 by PBES2. */
  const lockPkcs8 = (name: string, password: string) =>
    lab.tool('openssl', [
      'pkcs8',
      '-topk8',
      '-in',
      `${name}.key`,
      '-v2',
      'aes-256-cbc',
      '-passout',
      `pass:${password}`,
      '-out',
      `.step/secrets/${name}_ca_key`,
    ]);
  const take = (...flags: readonly string[]) =>
    lab.json<ImportDocument>(
      'ca',
      'import',
      '--from',
      'step',
      '--keystore',
      'file',
      '--password-file',
      'password',
      ...flags,
    );
  const verified = async () => {
    const { files } = await lab.json<{ files: Record<string, string> }>('issue', 'api.test');
    const chain = ['-CAfile', '.step/certs/root_ca.crt', '-untrusted', files['fullchain'] ?? ''];
    return lab.tool('openssl', ['verify', '-x509_strict', ...chain, files['cert'] ?? '']);
  };

  it('issues from its intermediate, whichever way the keys are encrypted', async () => {
    lock('root', 'step secret');
    lockPkcs8('intermediate', 'step secret');
    expect(readFileSync(lab.path('.step/secrets/root_ca_key'), 'utf8')).toContain('Proc-Type: 4,ENCRYPTED');
    const imported = await take();
    expect(imported).toMatchObject({ issuesFrom: 'intermediate', authority: { rootKeystore: 'none' } });
    expect(imported.warnings).toEqual([expect.stringContaining('not constrained')]);
    expect(await verified()).toContain('OK');
  });

  it("issues from its intermediate where the root's password is another, and says so", async () => {
    lock('root', 'kept in a safe');
    lock('intermediate', 'step secret');
    const { issuesFrom, warnings } = await take();
    expect(issuesFrom).toBe('intermediate');
    expect(warnings.join('\n')).toMatch(/does not open the key .*root_ca_key/);
    expect(await verified()).toContain('OK');
  });

  it('is refused with a wrong password, and leaves nothing behind', async () => {
    lock('root', 'one');
    lock('intermediate', 'two');
    const { status, stderr } = await lab.devca(
      'ca',
      'import',
      '--from',
      'step',
      '--password-file',
      'password',
    );
    expect([status, stderr]).toEqual([1, expect.stringContaining('DEVCA_IMPORT_PASSWORD')]);
    expect((await lab.devca('ca', 'list')).stderr).toContain('DEVCA_AUTHORITY_MISSING');
  });

  it('is only described in a dry run', async () => {
    lock('root', 'step secret');
    lock('intermediate', 'step secret');
    expect(await take('--dry-run')).toMatchObject({ imported: false, issuesFrom: 'intermediate' });
    expect((await lab.devca('ca', 'list')).stderr).toContain('DEVCA_AUTHORITY_MISSING');
  });
});
