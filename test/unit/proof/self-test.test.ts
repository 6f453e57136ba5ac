import { describe, expect, it } from '@jest/globals';
import { junitReport } from '../../../src/proof/junit-report.ts';
import { findPeers } from '../../../src/proof/peers/known-peers.ts';
import { requireHandshakes, type ScenarioResult, selfTestReport } from '../../../src/proof/report.ts';
import { selfTest } from '../../../src/proof/self-test.ts';
import { testWorld } from '../../support/test-world.ts';
import { issue } from './subjects.ts';

describe('selfTest', () => {
  it('proves a certificate that is in memory', async () => {
    const { authority, issued } = await issue('server');
    const { passed, failed, subjects } = await selfTest({
      cert: issued.fullchainPem,
      key: issued.keyPem,
      root: authority.rootPem,
    });
    expect({ failed, name: subjects[0]?.name }).toEqual({ failed: 0, name: 'localhost' });
    expect(passed).toBeGreaterThan(45);
  });

  it('takes the chain by itself', async () => {
    const { authority, issued } = await issue('client');
    const request = { cert: issued.certPem, chain: authority.intermediatePem, key: issued.keyPem };
    expect(await selfTest({ ...request, root: authority.rootPem })).toMatchObject({ failed: 0 });
  });

  it('refuses a key that does not belong to the certificate', async () => {
    const { authority, issued } = await issue('server');
    const other = await issue('server');
    const request = { cert: issued.fullchainPem, key: other.issued.keyPem, root: authority.rootPem };
    await expect(selfTest(request)).rejects.toMatchObject({ code: 'DEVCA_PROOF_KEY_MISMATCH' });
  });

  it('refuses a text without a certificate', async () => {
    const { authority, issued } = await issue('server');
    const request = { cert: issued.keyPem, key: issued.keyPem, root: authority.rootPem };
    await expect(selfTest(request)).rejects.toMatchObject({ code: 'DEVCA_CERTIFICATE_NONE' });
  });
});

describe('findPeers', () => {
  const world = testWorld({ home: '/nowhere', outcomes: { openssl: {} } });

  it('finds what is installed', () => {
    expect(findPeers(['openssl'], world).map(({ id }) => id)).toEqual(['openssl']);
  });

  it('refuses one that it does not know', () => {
    expect(() => findPeers(['ssleay'], world)).toThrow(
      expect.objectContaining({ code: 'DEVCA_PROOF_PEER_UNKNOWN' }),
    );
  });

  it('refuses one that is not installed, and says how it is', () => {
    expect(() => findPeers(['curl'], world)).toThrow(
      expect.objectContaining({ code: 'DEVCA_PROGRAM_MISSING', hints: ['run "apt install curl"'] }),
    );
  });
});

describe('requireHandshakes', () => {
  const subject = { serial: '0a', name: 'a.test', notes: [], scenarios: [] };

  it('refuses a report in which nothing could be proved', () => {
    const report = selfTestReport([{ ...subject, notProvable: 'its key is not at hand' }]);
    expect(() => requireHandshakes(report)).toThrow(
      expect.objectContaining({ code: 'DEVCA_PROOF_NOT_PROVABLE', exitStatus: 1 }),
    );
  });

  it('lets one through in which something was', () => {
    const report = selfTestReport([{ ...subject, notProvable: 'its key is not at hand' }, subject]);
    expect(() => requireHandshakes(report)).not.toThrow();
  });
});

describe('the report for build servers', () => {
  const result = (changes: Partial<ScenarioResult>): ScenarioResult => ({
    id: 'mutual-tls',
    title: 'mutual TLS',
    tls: 'TLSv1.3',
    peer: 'node',
    ends: ['server'],
    expected: 'accepted',
    client: 'accepted',
    server: 'accepted',
    passed: true,
    ms: 2.5,
    ...changes,
  });

  it('has a suite for each subject and a case for each scenario', () => {
    const report = selfTestReport([
      {
        serial: '0a',
        name: 'a<b>.test',
        notes: [],
        scenarios: [
          result({}),
          result({ passed: false, client: 'expired', detail: 'the client saw "expired" & left' }),
        ],
      },
      { serial: '0b', name: 'b.test', notes: [], scenarios: [], notProvable: 'its key is not at hand' },
    ]);
    expect(junitReport(report)).toBe(`<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="devca selftest" tests="2" failures="1">
  <testsuite name="a&lt;b&gt;.test 0a" tests="2" failures="1" skipped="0" time="0.005">
    <testcase classname="a&lt;b&gt;.test" name="mutual-tls TLSv1.3 node server" time="0.003"/>
    <testcase classname="a&lt;b&gt;.test" name="mutual-tls TLSv1.3 node server" time="0.003"><failure message="the client saw &quot;expired&quot; &amp; left">expected accepted; client saw expired, server saw accepted; the client saw &quot;expired&quot; &amp; left</failure></testcase>
  </testsuite>
  <testsuite name="b.test 0b" tests="1" failures="0" skipped="1" time="0.000">
    <testcase classname="b.test" name="handshakes"><skipped message="its key is not at hand"/></testcase>
  </testsuite>
</testsuites>
`);
  });
});
