import { describe, expect, it } from '@jest/globals';
import { createEphemeralAuthority } from '../../../src/authority/ephemeral-authority.ts';
import { readSubject } from '../../../src/proof/read-subject.ts';
import type { ScenarioResult, SelfTestReport } from '../../../src/proof/report.ts';
import { proveSources } from '../../../src/proof/self-test.ts';
import type { SubjectSource } from '../../../src/proof/subject-source.ts';
import { type FilesOnDisk, issue, onDisk, world } from './subjects.ts';

const check = ({ source }: FilesOnDisk) => readSubject(source, world);
const prove = (source: SubjectSource): Promise<SelfTestReport> => proveSources([source], {}, world);
const row = (rows: readonly ScenarioResult[], id: string) => rows.find((each) => each.id === id);

describe('files as they were delivered', () => {
  it('pass, one row each, and give the subject its texts as they are', async () => {
    const given = await issue('server');
    const { checks, subject } = check(onDisk(given));
    expect(checks.map(({ id, passed }) => [id, passed])).toEqual([
      ['cert-file', true],
      ['key-file', true],
      ['fullchain-file', true],
      ['root-file', true],
    ]);
    expect(subject?.credentials).toMatchObject({
      certPem: given.issued.fullchainPem,
      keyPem: given.issued.keyPem,
    });
  });

  it('are proved by handshakes', async () => {
    const report = await prove(onDisk(await issue('service')).source);
    expect(report.failed).toBe(0);
    expect(report.passed).toBeGreaterThan(50);
  });
});

describe('files that are broken', () => {
  it.each(['cert', 'key', 'fullchain', 'root'])(
    'fail with their path where "%s" is missing',
    async (format) => {
      const files = onDisk(await issue('server'));
      files.remove(format);
      const failure = row(check(files).checks, `${format}-file`);
      expect(failure).toMatchObject({ passed: false, peer: 'files', tls: null, client: null, server: null });
      expect(failure?.detail).toContain(files.path(format));
      expect(failure?.detail).toContain('DEVCA_FILE_NOT_FOUND');
    },
  );

  it.each(['cert', 'key', 'fullchain', 'root'])(
    'fail with their path where "%s" is not PEM',
    async (format) => {
      const files = onDisk(await issue('server'));
      files.replace(format, '-----BEGIN CERTIFICATE-----\nMII*\n-----END CERTIFICATE-----\n');
      const failure = row(check(files).checks, `${format}-file`);
      expect(failure?.detail).toContain(files.path(format));
      expect(failure?.passed).toBe(false);
    },
  );

  it('fail where a certificate in the chain is cut off', async () => {
    const given = await issue('server');
    const files = onDisk(given);
    files.replace(
      'fullchain',
      given.issued.certPem + given.authority.intermediatePem.replace(/\n.{64}\n/, '\n'),
    );
    expect(row(check(files).checks, 'fullchain-file')).toMatchObject({
      passed: false,
      detail: expect.stringContaining('DEVCA_DER_INVALID'),
    });
  });

  it('fail where the key is that of another certificate, without a handshake', async () => {
    const files = onDisk(await issue('server'));
    files.replace('key', (await issue('server')).issued.keyPem);
    const report = await prove(files.source);
    expect(report).toMatchObject({ passed: 3, failed: 1 });
    expect(row(report.subjects[0]?.scenarios ?? [], 'key-file')?.detail).toContain('does not belong');
  });

  it('fail where the key is encrypted', async () => {
    const files = onDisk(await issue('server'));
    files.replace(
      'key',
      '-----BEGIN ENCRYPTED PRIVATE KEY-----\nMAAA\n-----END ENCRYPTED PRIVATE KEY-----\n',
    );
    expect(row(check(files).checks, 'key-file')?.detail).toContain('DEVCA_KEY_ENCRYPTED');
  });

  it('fail in the file and in the handshakes where the full chain lacks the intermediate', async () => {
    const given = await issue('server');
    const files = onDisk(given);
    files.replace('fullchain', given.issued.certPem);
    const { subjects } = await prove(files.source);
    const scenarios = subjects[0]?.scenarios ?? [];
    expect(row(scenarios, 'fullchain-file')?.detail).toContain(
      'has 1 certificate, and the inventory recorded 2',
    );
    expect(row(scenarios, 'mutual-tls')).toMatchObject({ passed: false, client: 'missing-intermediate' });
    expect(row(scenarios, 'expired-server')).toMatchObject({ passed: true });
  });

  it('fail where the chain is in the wrong order', async () => {
    const given = await issue('server');
    const files = onDisk(given);
    files.replace('fullchain', given.authority.intermediatePem + given.issued.certPem);
    expect(row(check(files).checks, 'fullchain-file')?.detail).toContain('certificate 1');
  });

  it('fail where the root is another one', async () => {
    const files = onDisk(await issue('server'));
    files.replace('root', (await createEphemeralAuthority()).rootPem);
    expect(row(check(files).checks, 'root-file')?.detail).toContain(
      'is not the one that the inventory recorded',
    );
  });

  it('fail where a file in another form is not as it was delivered', async () => {
    const files = onDisk(await issue('server'));
    files.replace('p12', 'something else');
    const file = { path: files.path('p12'), format: 'p12', sha256: '00'.repeat(32) };
    const { checks } = readSubject({ ...files.source, files: [...files.source.files, file] }, world);
    expect(row(checks, 'p12-file')?.detail).toContain('not as it was delivered');
  });

  it('fail where the certificate was revoked', async () => {
    const { source } = onDisk(await issue('server'), { revokedAt: new Date('2026-05-01T10:00:00Z') });
    expect(row(readSubject(source, world).checks, 'not-revoked')).toMatchObject({
      passed: false,
      detail: 'it was revoked on 2026-05-01T10:00:00.000Z',
    });
  });
});

describe('files that no inventory knows', () => {
  it('are proved against the root that is given', async () => {
    const given = await issue('server');
    const { recorded: _, ...source } = onDisk(given).source;
    const files = source.files.filter(({ format }) => format === 'fullchain' || format === 'key');
    expect(await prove({ ...source, files, roots: [given.authority.root.der] })).toMatchObject({ failed: 0 });
  });

  it('fail once, without a handshake, where none of the roots has the name that issued them', async () => {
    const given = await issue('server');
    const { recorded: _, ...source } = onDisk(given).source;
    const stranger = await createEphemeralAuthority();
    const report = await prove({ ...source, roots: [stranger.root.der] });
    expect(report.failed).toBe(1);
    expect(row(report.subjects[0]?.scenarios ?? [], 'chain')?.detail).toMatch(/--roots/);
  });

  it('fail the handshakes against a root of the same name that did not issue them', async () => {
    const given = await issue('server');
    const { recorded: _, ...source } = onDisk(given).source;
    const { root, intermediate } = given.authority;
    const subjects = { root: root.subject, intermediate: intermediate.subject };
    const stranger = await createEphemeralAuthority({ subjects });
    const { subjects: proven } = await prove({ ...source, roots: [stranger.root.der] });
    expect(row(proven[0]?.scenarios ?? [], 'mutual-tls')).toMatchObject({
      passed: false,
      client: 'unknown-ca',
    });
  });

  it('take certificate and chain from two files', async () => {
    const given = await issue('server');
    const files = onDisk(given);
    files.replace('chain', given.authority.intermediatePem);
    const { recorded: _, ...source } = files.source;
    const paths = ['cert', 'chain', 'key'].map((format) => ({ path: files.path(format), format }));
    expect(await prove({ ...source, files: paths, roots: [given.authority.root.der] })).toMatchObject({
      failed: 0,
    });
  });
});

describe('a certificate whose key is not at hand', () => {
  it('is not provable', async () => {
    const { source } = onDisk(await issue('server'));
    const files = source.files.filter(({ format }) => format !== 'key');
    const report = await prove({ ...source, files });
    expect(report).toMatchObject({ passed: 3, failed: 0 });
    expect(report.subjects[0]?.notProvable).toContain('key is not at hand');
  });
});
