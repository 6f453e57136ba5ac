import { describe, expect, it } from '@jest/globals';
import { parseCrl } from '../../../src/pki/crl.ts';
import { generateKey } from '../../../src/pki/key.ts';
import { OID } from '../../../src/pki/oid.ts';
import type { PresentedKey } from '../../../src/verification/presented.ts';
import { targetFinding } from '../../../src/verification/target-problems.ts';
import { verifySubject } from '../../../src/verification/verify-subject.ts';
import { daysFromNow, dns, extension, testCrl, testServer } from '../../support/test-pki.ts';
import { codesOf, intermediate, root, rootsOf, server, settingsWith, subjectOf } from './lab.ts';

const keyFor = (spki: Uint8Array): PresentedKey => ({ source: 'key.pem', subjectPublicKeyInfo: spki });

describe('verifySubject', () => {
  it('accepts a chain with its intermediate and names it from the end entity up', () => {
    const report = verifySubject(subjectOf([server, intermediate]), settingsWith());
    expect(report).toMatchObject({
      valid: true,
      checked: true,
      purpose: 'server',
      problems: [],
      warnings: [],
    });
    expect(report.chain.map(({ subject }) => subject)).toEqual(['CN=api.test', 'CN=intermediate', 'CN=root']);
    expect(report.daysLeft).toBe(300);
  });

  it('misses an intermediate that only the inventory has, and names the fullchain file as the fix', () => {
    const fullchainOf = () => '/srv/api-fullchain.pem';
    const report = verifySubject(subjectOf([server]), settingsWith({ fullchainOf }));
    expect(report.valid).toBe(false);
    expect(report.problems[0]).toMatchObject({
      code: 'DEVCA_PATH_MISSING_INTERMEDIATE',
      fix: 'serve the fullchain file instead: /srv/api-fullchain.pem',
    });
  });

  it('takes intermediates that were given, and says what to do where it is the root that is missing', () => {
    const given = settingsWith({ intermediates: [intermediate.certificate] });
    expect(verifySubject(subjectOf([server]), given).valid).toBe(true);
    const elsewhere = settingsWith({ roots: rootsOf(testServer({ subject: 'stranger' })) });
    const [problem] = verifySubject(subjectOf([server, intermediate]), elsewhere).problems;
    expect(problem?.fix).toContain('give the root "CN=root" with "--roots"');
  });

  it('holds every expected name against the certificate', () => {
    const names = [
      { kind: 'dns', value: 'api.test' },
      { kind: 'dns', value: 'other.test' },
      { kind: 'email', value: 'a@api.test' },
    ] as const;
    const { problems } = verifySubject(subjectOf([server, intermediate]), settingsWith({ names }));
    expect(codesOf(problems)).toEqual(['DEVCA_NAME_MISMATCH', 'DEVCA_NAME_ABSENT']);
    expect(problems[0]).toMatchObject({
      expected: 'other.test',
      presented: 'DNS:api.test',
      rfc: 'RFC 9525 section 6',
    });
  });

  it('says that a key belongs to another certificate: DEVCA_KEY_MISMATCH', () => {
    const subject = subjectOf([server, intermediate]);
    const own = settingsWith({ key: keyFor(server.key.subjectPublicKeyInfo) });
    expect(verifySubject(subject, own).valid).toBe(true);
    const other = settingsWith({ key: keyFor(generateKey('ec-p256').subjectPublicKeyInfo) });
    const { valid, problems } = verifySubject(subject, other);
    expect(valid).toBe(false);
    expect(problems[0]).toMatchObject({
      code: 'DEVCA_KEY_MISMATCH',
      certificate: { subject: 'CN=api.test' },
    });
    expect(problems[0]?.expected).not.toBe(problems[0]?.presented);
  });

  it('warns of a key that it could not compare: DEVCA_KEY_NOT_COMPARED', () => {
    const keys = [{ source: 'chain.pem', subjectPublicKeyInfo: undefined, problem: 'it is encrypted' }];
    const report = verifySubject(subjectOf([server, intermediate], { keys }), settingsWith());
    expect(report.valid).toBe(true);
    expect(codesOf(report.warnings)).toEqual(['DEVCA_KEY_NOT_COMPARED']);
  });

  it('asks for days to be left of whatever ends first: DEVCA_DAYS_LEFT', () => {
    const subject = subjectOf([server, intermediate]);
    expect(verifySubject(subject, settingsWith({ minDays: 300 })).valid).toBe(true);
    const { problems } = verifySubject(subject, settingsWith({ minDays: 301 }));
    expect(problems[0]).toMatchObject({
      code: 'DEVCA_DAYS_LEFT',
      expected: 'at least 301 days',
      presented: '300 days',
    });
  });

  it('does not say beside "expired" that too few days are left', () => {
    const { problems } = verifySubject(
      subjectOf([server, intermediate]),
      settingsWith({ at: daysFromNow(400), minDays: 5 }),
    );
    expect(new Set(codesOf(problems))).toEqual(new Set(['DEVCA_PATH_EXPIRED']));
  });

  it('tells the reason that helps most first, over what validation found and what it did not', () => {
    const key = keyFor(generateKey('ec-p256').subjectPublicKeyInfo);
    const names = [{ kind: 'dns', value: 'other.test' }] as const;
    const { problems } = verifySubject(subjectOf([server]), settingsWith({ key, names }));
    expect(codesOf(problems)).toEqual([
      'DEVCA_PATH_MISSING_INTERMEDIATE',
      'DEVCA_KEY_MISMATCH',
      'DEVCA_NAME_MISMATCH',
    ]);
  });

  it('offers the other purpose where a client certificate is held against a server', () => {
    const client = testServer({
      subject: 'ada',
      issuer: intermediate,
      extensions: [extension.extendedKeyUsage([OID.clientAuth])],
    });
    const subject = subjectOf([client, intermediate]);
    const [problem] = verifySubject(subject, settingsWith()).problems;
    expect(problem).toMatchObject({
      code: 'DEVCA_PATH_PURPOSE',
      fix: expect.stringContaining('--purpose client'),
    });
    expect(verifySubject(subject, settingsWith({ purpose: 'client' })).valid).toBe(true);
  });

  it('demands a list that speaks for the end entity once lists are given, and believes it', () => {
    const subject = subjectOf([server, intermediate]);
    const crlOf = (revoked: string[]) =>
      parseCrl(testCrl({ signer: intermediate, revoked: revoked.map((serialNumber) => ({ serialNumber })) }));
    const withCrl = (crl: ReturnType<typeof parseCrl>) =>
      verifySubject(subject, settingsWith({ crls: [crl] }));
    expect(withCrl(crlOf([])).valid).toBe(true);
    expect(codesOf(withCrl(crlOf([server.certificate.serialNumber])).problems)).toEqual([
      'DEVCA_REVOCATION_REVOKED',
    ]);
    expect(codesOf(withCrl(parseCrl(testCrl({ signer: root }))).problems)).toEqual([
      'DEVCA_REVOCATION_UNKNOWN',
    ]);
  });

  it('takes what the inventory says for a problem or a warning', () => {
    const findings = [
      targetFinding('DEVCA_INVENTORY_REVOKED', { at: '2026-01-01T00:00:00Z' }),
      targetFinding('DEVCA_INVENTORY_REPLACED', {}),
    ];
    const report = verifySubject(subjectOf([server, intermediate], { findings }), settingsWith());
    expect(codesOf(report.problems)).toEqual(['DEVCA_INVENTORY_REVOKED']);
    expect(codesOf(report.warnings)).toEqual(['DEVCA_INVENTORY_REPLACED']);
  });

  it('reports a certificate that cannot be parsed as a problem with the offset', () => {
    const broken = { ...server, der: Uint8Array.from(server.der.with(20, 0xff)) };
    const { valid, checked, problems } = verifySubject(subjectOf([broken, intermediate]), settingsWith());
    expect({ valid, checked }).toEqual({ valid: false, checked: true });
    expect(problems[0]?.code).toBe('DEVCA_CERTIFICATE_MALFORMED');
    expect(problems[0]?.message).toMatch(/at byte \d+/);
  });

  it('draws the tree of candidates with the reason for each that was dropped', () => {
    const stranger = testServer({ subject: 'intermediate', issuer: root, names: [dns('x.test')] });
    const subject = subjectOf([server, stranger, intermediate]);
    const { candidates } = verifySubject(subject, settingsWith({ explain: true }));
    expect(candidates).toMatchObject({ subject: 'CN=api.test', role: 'end entity', reasons: [] });
    const [first, second] = candidates?.candidates ?? [];
    expect(first).toMatchObject({
      subject: 'CN=intermediate',
      reasons: [],
      candidates: [{ role: 'trust anchor', reasons: [] }],
    });
    expect(second?.reasons.join()).toMatch(/may not issue certificates.*signature was not made/);
  });

  it('cuts the tree of a hostile pool off', () => {
    const authorities = Array.from({ length: 8 }, () => intermediate);
    const many = Array.from({ length: 40 }, () => testServer({ subject: 'intermediate', issuer: server }));
    const { candidates } = verifySubject(
      subjectOf([server, ...authorities, ...many]),
      settingsWith({ explain: true }),
    );
    const count = (tree: NonNullable<typeof candidates>): number =>
      1 + tree.candidates.reduce((sum, each) => sum + count(each), 0);
    expect(candidates === undefined ? 0 : count(candidates)).toBeLessThanOrEqual(61);
  });
});

describe('the fault that a problem stands for', () => {
  it('is named by the fault table, from the side of who verifies', () => {
    const names = [{ kind: 'ip', value: '127.0.0.1' }] as const;
    const wrongName = verifySubject(subjectOf([server, intermediate]), settingsWith({ names }));
    expect(wrongName.problems[0]?.fault).toMatchObject({ code: 'DEVCA_FAULT_IP_MISMATCH' });
    const alone = verifySubject(subjectOf([server]), settingsWith()).problems[0];
    expect(alone?.fault?.code).toBe('DEVCA_FAULT_MISSING_INTERMEDIATE');
    expect(alone?.fault?.fix).not.toContain('devca verify');
    const client = verifySubject(subjectOf([server, intermediate]), settingsWith({ purpose: 'client' }));
    expect(client.problems[0]?.fault?.code).toBe('DEVCA_FAULT_CLIENT_CERT_WRONG_EKU');
  });
});
