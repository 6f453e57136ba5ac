import { describe, expect, it } from '@jest/globals';
import { withFurtherSubjects } from '../../../src/verification/further-subjects.ts';
import { verifySubject } from '../../../src/verification/verify-subject.ts';
import { daysFromNow, type TestCertificate, testAuthority, testServer } from '../../support/test-pki.ts';
import { intermediate, root, server, settingsWith, subjectOf } from './lab.ts';

const expired = testServer({ subject: 'old.test', issuer: intermediate, notAfter: daysFromNow(-1) });

const split = (...certificates: readonly TestCertificate[]) =>
  withFurtherSubjects(subjectOf(certificates)).map((subject) => [
    subject.target,
    subject.certificates.length,
  ]);

describe('a file with several end entities', () => {
  it('is one subject where there is one, whatever is beside it', () => {
    expect(split(server, intermediate, root)).toEqual([['chain.pem', 3]]);
    expect(split(server, server, intermediate)).toEqual([['chain.pem', 3]]);
    expect(split(root)).toEqual([['chain.pem', 1]]);
  });

  it('is verified for each, with the authorities that lead up from it', () => {
    const stranger = testAuthority({ subject: 'stranger' });
    expect(split(server, expired, stranger, root, intermediate)).toEqual([
      ['chain.pem', 5],
      ['chain.pem (certificate 2)', 3],
    ]);
    const verdicts = withFurtherSubjects(subjectOf([server, expired, intermediate])).map((each) =>
      verifySubject(each, settingsWith()),
    );
    expect(verdicts.map(({ valid, problems }) => [valid, problems[0]?.code])).toEqual([
      [true, undefined],
      [false, 'DEVCA_PATH_EXPIRED'],
    ]);
  });

  it('does not take an issuer that is no authority for one', () => {
    const leaf = testServer({ subject: 'leaf.test', issuer: server });
    expect(split(leaf, server, intermediate)).toEqual([['chain.pem', 3]]);
  });
});
