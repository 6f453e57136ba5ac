import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { DevcaError } from '../../../src/errors/devca-error.ts';
import { formatGithub } from '../../../src/verification/reports/github.ts';
import { formatJunit } from '../../../src/verification/reports/junit.ts';
import { formatMarkdown } from '../../../src/verification/reports/markdown.ts';
import { formatSarif } from '../../../src/verification/reports/sarif.ts';
import type { TargetReport, VerificationReport } from '../../../src/verification/target-report.ts';
import { verifySubject } from '../../../src/verification/verify-subject.ts';
import { exitStatusOf, verifyReadings } from '../../../src/verification/verify-targets.ts';
import { intermediate, root, server, settingsWith, subjectOf } from './lab.ts';
import { assertSarif } from './sarif-constraints.ts';

const good = verifySubject(subjectOf([server, intermediate]), settingsWith());
const bad = verifySubject(
  subjectOf([server], { target: 'certs/leaf.pem', file: 'certs/leaf.pem' }),
  settingsWith(),
);
const warned = verifySubject(subjectOf([server, intermediate, root]), settingsWith());

const reportOf = (...targets: TargetReport[]): VerificationReport => ({
  valid: targets.every(({ valid }) => valid),
  targets,
  leftOut: [],
});

const hostile = 'a::b,c%\r\n::error::gotcha\u001b[2J<script>"&\'|`*_[x](y)@team\ud800 #1';

const hostileTarget = (text: string): TargetReport => ({
  ...bad,
  target: text,
  file: text,
  problems: [
    {
      code: 'DEVCA_X',
      message: text,
      certificate: { subject: text, sha256: 'ab' },
      fix: text,
      rfc: text,
      expected: text,
      presented: text,
    },
  ],
  warnings: [{ code: 'DEVCA_Y', message: text }],
  consumers: [{ consumer: text, effect: 'refuses', message: text }],
});

describe('exit status', () => {
  const reading = (code: 'DEVCA_INVENTORY_UNKNOWN' | 'DEVCA_FILE_NOT_FOUND') => {
    const error =
      code === 'DEVCA_INVENTORY_UNKNOWN'
        ? new DevcaError(code, { what: 'x' })
        : new DevcaError(code, { path: 'x' });
    return { subjects: [], unreadable: [{ target: 'x', error }], leftOut: [] };
  };
  const subjects = (...chain: (typeof server)[]) => ({
    subjects: [subjectOf(chain)],
    unreadable: [],
    leftOut: [],
  });
  const status = (...readings: Parameters<typeof verifyReadings>[0]) =>
    exitStatusOf(verifyReadings(readings, settingsWith()));

  it('is 0 for good, 4 for bad, 1 where something could not be checked, 3 for an unknown name', () => {
    expect(status(subjects(server, intermediate))).toBe(0);
    expect(status(subjects(server))).toBe(4);
    expect(status(reading('DEVCA_FILE_NOT_FOUND'))).toBe(1);
    expect(status(reading('DEVCA_INVENTORY_UNKNOWN'))).toBe(3);
  });

  it('is 4 over 3 over 1 over 0', () => {
    const [unknown, missing] = [reading('DEVCA_INVENTORY_UNKNOWN'), reading('DEVCA_FILE_NOT_FOUND')];
    expect(status(subjects(server, intermediate), missing)).toBe(1);
    expect(status(missing, unknown)).toBe(3);
    expect(status(missing, unknown, subjects(server))).toBe(4);
  });
});

describe('the SARIF report', () => {
  it.each([
    ['nothing to say', reportOf(good)],
    ['problems and warnings', reportOf(good, bad, warned)],
    ['hostile text', reportOf(hostileTarget(hostile))],
  ])('holds what the schema of SARIF 2.1.0 demands, with %s', (_what, report) => {
    assertSarif(JSON.parse(formatSarif(report, '1.0.0')));
  });

  it('puts a problem at the file and keeps its fingerprint when the file changes', () => {
    const { results } = JSON.parse(formatSarif(reportOf(bad), '1.0.0')).runs[0];
    expect(results[0]).toMatchObject({
      ruleId: 'DEVCA_PATH_MISSING_INTERMEDIATE',
      level: 'error',
      locations: [{ physicalLocation: { artifactLocation: { uri: 'certs/leaf.pem' } } }],
    });
    const moved = { ...bad, file: 'other.pem', target: 'other.pem' };
    const again = JSON.parse(formatSarif(reportOf(moved), '1.0.0')).runs[0].results[0];
    expect(again.partialFingerprints).toEqual(results[0].partialFingerprints);
  });
});

describe('the JUnit report', () => {
  it('counts what failed and what could not be checked', () => {
    const error = { ...bad, checked: false };
    const xml = formatJunit(reportOf(good, bad, error));
    expect(xml).toContain('<testsuites name="devca verify" tests="3" failures="1" errors="1">');
    expect(xml).toContain('<failure type="DEVCA_PATH_MISSING_INTERMEDIATE"');
    expect(xml).toContain('<error type="DEVCA_PATH_MISSING_INTERMEDIATE"');
  });

  it('lets nothing through that would begin an element or is no character of XML', () => {
    const xml = formatJunit(reportOf(hostileTarget(hostile), hostileTarget('\ufffe\uffff\u0000')));
    expect(xml.match(/<(?!\/?(testsuites?|testcase|failure|error|system-out)\b|\?xml )/g)).toBeNull();
    expect(xml).not.toMatch(/[\u0000-\u0008\u000b-\u001f\ufffe\uffff\ud800]|&(?!(amp|lt|gt|quot|#39|#10);)/);
  });
});

describe('annotations for GitHub', () => {
  it('name the file, the line and the code', () => {
    expect(formatGithub(reportOf(bad))).toMatch(
      /^::error file=certs\/leaf\.pem,line=1,title=DEVCA_PATH_MISSING_INTERMEDIATE::certs\/leaf\.pem \(CN=api\.test\): /,
    );
    expect(formatGithub(reportOf(good))).toBe('');
  });

  it('begin one command a line, and no foreign text begins another', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const lines = formatGithub(reportOf(hostileTarget(text + hostile)))
          .trimEnd()
          .split(/\r\n|\r|\n/);
        expect(lines).toHaveLength(3);
        for (const line of lines)
          expect(line).toMatch(/^::(error|warning|notice) file=[^:,]*,line=\d+,title=[^:,]*::/);
      }),
    );
  });
});

describe('the Markdown report', () => {
  it('has a row for each target and the reasons below', () => {
    const text = formatMarkdown(reportOf(good, bad));
    expect(text).toContain('### Certificates: 1 of 2 bad');
    expect(text).toContain('| chain.pem | good | 300 days |  |');
    expect(text).toContain('(`DEVCA_PATH_MISSING_INTERMEDIATE`) |');
    expect(text).toContain('  - rule: RFC 5280 section 6.1.3 (a)(4)');
  });

  it('lets no name be markup', () => {
    const text = formatMarkdown(reportOf(hostileTarget(hostile)));
    expect(text).not.toMatch(/<script|(?<!\\)\[x|@team|(?<!\\)\*_/);
    for (const line of text.split('\n').filter((each) => each.startsWith('|')))
      expect(line.replaceAll('\\|', '').split('|')).toHaveLength(6);
  });
});
