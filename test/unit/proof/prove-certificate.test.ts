import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { createEphemeralAuthority } from '../../../src/authority/ephemeral-authority.ts';
import { createCast } from '../../../src/proof/cast.ts';
import { otherEnd, type Peer } from '../../../src/proof/peer.ts';
import { nodePeer } from '../../../src/proof/peers/node-peer.ts';
import { type ProofOptions, proveCertificate } from '../../../src/proof/prove-certificate.ts';
import type { ScenarioResult } from '../../../src/proof/report.ts';
import { runScenario } from '../../../src/proof/run-scenario.ts';
import type { Scenario } from '../../../src/proof/scenario.ts';
import { SCENARIOS } from '../../../src/proof/scenarios.ts';
import type { ProofSubject } from '../../../src/proof/subject.ts';
import { credulousPeer, forgetfulPeer, silentPeer, trusting } from './broken-peers.ts';
import { issue, NAMES, type ProfileName, subjectFor, subjectOf, world } from './subjects.ts';

const PROFILES: readonly ProfileName[] = ['server', 'client', 'service'];

/** Each scenario with this peer at the end that judges, in the version that comes first. */
async function judgedBy(
  peer: Peer,
  scenarios: readonly Scenario[],
  subject: ProofSubject,
): Promise<readonly ScenarioResult[]> {
  const cast = createCast(subject, world);
  const results: ScenarioResult[] = [];
  for (const scenario of scenarios) {
    const { judge, versions } = scenario;
    const peers = { [judge]: peer, [otherEnd(judge)]: nodePeer } as Record<'client' | 'server', Peer>;
    const [tls = 'TLSv1.3'] = versions;
    const result = await runScenario(scenario, tls, { cast, peers, timeLimitMs: 2_000 }, world);
    if (result !== undefined) results.push(result);
  }
  return results;
}

/** A machine may be busy. */
const PATIENCE_MS = 60_000;
const prove = (subject: ProofSubject, options: ProofOptions = {}) =>
  proveCertificate(subject, { timeLimitMs: PATIENCE_MS, ...options }, world);
const failed = (results: readonly ScenarioResult[]) => results.filter(({ passed }) => !passed);
const idOf = ({ id }: { id: string }) => id;
const refusals = SCENARIOS.filter(({ expected }) => expected !== 'accepted');
const acceptances = SCENARIOS.filter(({ expected }) => expected === 'accepted');

describe('the proof of a sound certificate', () => {
  it.each(PROFILES)('passes every scenario for the profile %s', async (profile) => {
    const report = await prove(await subjectFor(profile));
    expect(failed(report.scenarios)).toEqual([]);
    expect(report.scenarios.length).toBeGreaterThan(45);
  });

  it('plays every scenario for a service, in each version of TLS', async () => {
    const subject = await subjectFor('service');
    const crls = { crls: [] };
    const report = await prove({ ...subject, ...crls });
    const played = new Set(report.scenarios.map(({ id, tls }) => `${id} ${tls}`));
    const expected = SCENARIOS.flatMap(({ id, versions }) => versions.map((tls) => `${id} ${tls}`));
    expect([...played].sort()).toEqual([...new Set(expected)].sort());
  });

  it.each(['rsa-2048', 'ec-p384', 'ed25519'] as const)(
    'passes with a key of the kind %s',
    async (keyType) => {
      const authority = await createEphemeralAuthority();
      const issued = await authority.issue(['localhost'], { keyType });
      expect(failed((await prove(subjectOf({ authority, issued }))).scenarios)).toEqual([]);
    },
  );

  it('passes for addresses alone, where the subject is empty', async () => {
    const authority = await createEphemeralAuthority();
    const issued = await authority.issue(['127.0.0.1', '::1']);
    expect(failed((await prove(subjectOf({ authority, issued }))).scenarios)).toEqual([]);
  });

  it('passes under a constraint that does not permit localhost', async () => {
    const authority = await createEphemeralAuthority({ permitOnly: ['corp.example'] });
    const issued = await authority.issue(['alice@corp.example'], { profile: 'client' });
    expect(failed((await prove(subjectOf({ authority, issued }))).scenarios)).toEqual([]);
  });

  it('leaves out what an unconstrained authority cannot refuse, and says so', async () => {
    const authority = await createEphemeralAuthority({ unconstrained: true });
    const issued = await authority.issue(['localhost']);
    const report = await prove(subjectOf({ authority, issued }));
    expect(failed(report.scenarios)).toEqual([]);
    expect(report.scenarios.map(idOf)).not.toContain('outside-constraint-server');
    expect(report.notes.join()).toContain('no name constraint');
  });

  it('takes part with its own files wherever it can play an end', async () => {
    const { scenarios } = await prove(await subjectFor('server'));
    const ends = (id: string) => scenarios.find((each) => each.id === id)?.ends;
    expect(ends('mutual-tls')).toEqual(['server']);
    expect(ends('expired-client')).toEqual(['server']);
    expect(ends('missing-intermediate-server')).toEqual(['server']);
    expect(ends('wrong-usage-client')).toEqual(['client', 'server']);
    expect(ends('expired-server')).toEqual([]);
  });

  it('leaves no socket behind', async () => {
    await prove(await subjectFor('service'));
    // The runtime counts the last handle a moment longer than its close event.
    await delay(100);
    const sockets = process.getActiveResourcesInfo().filter((resource) => /TCP|TLS/.test(resource));
    expect(sockets).toEqual([]);
  });

  it('checks revocation with the lists of the real authority where they are at hand', async () => {
    const { authority, issued } = await issue('server');
    const lists = (revoked: string[]) =>
      [
        authority.buildCrl('root'),
        authority.buildCrl(
          'intermediate',
          revoked.map((serialNumber) => ({ serialNumber, revokedAt: new Date() })),
        ),
      ].map(
        (der) => `-----BEGIN X509 CRL-----\n${Buffer.from(der).toString('base64')}\n-----END X509 CRL-----\n`,
      );
    const subject = subjectOf({ authority, issued });
    const prove = (crls: readonly string[]) =>
      proveCertificate({ ...subject, crls }, { scenarios: acceptances, timeLimitMs: PATIENCE_MS }, world);
    const sound = await prove(lists([]));
    expect(failed(sound.scenarios)).toEqual([]);
    expect(sound.scenarios.map(idOf)).toContain('revocation-checked');
    const revoked = await prove(lists([issued.certificate.serialNumber]));
    expect(failed(revoked.scenarios)).toMatchObject([
      {
        id: 'revocation-checked',
        tls: 'TLSv1.3',
        client: 'revoked',
        fault: { code: 'DEVCA_FAULT_REVOKED' },
      },
      { id: 'revocation-checked', tls: 'TLSv1.2', client: 'revoked' },
    ]);
  });
});

describe('the proof with a peer that accepts everything', () => {
  it.each(PROFILES)('fails every refusal for the profile %s', async (profile) => {
    const results = await judgedBy(credulousPeer, refusals, await subjectFor(profile));
    expect(results.map(idOf)).toEqual(refusals.map(idOf));
    for (const result of results) {
      expect(result).toMatchObject({ passed: false, client: 'accepted', server: 'accepted' });
      expect(result.detail).toContain(`instead of ${result.expected}`);
    }
  });
});

describe('the proof with a peer that refuses for another reason', () => {
  it('fails the refusals that it has another reason for', async () => {
    // The library goes on after an unknown issuer, so that it still finds what is expired and the like.
    const others = ['signature-invalid', 'wrong-name', 'revoked'];
    const stranger = await createEphemeralAuthority();
    const wanted = refusals.filter(({ expected }) => others.includes(expected));
    const results = await judgedBy(trusting([stranger.rootPem]), wanted, await subjectFor('service'));
    expect(results).toHaveLength(5);
    for (const result of results) {
      expect(result.passed).toBe(false);
      expect([result.client, result.server].join()).toMatch(/unknown-ca|error:UNABLE_TO_GET_CRL/);
    }
  });

  it('fails every acceptance', async () => {
    const stranger = await createEphemeralAuthority();
    const subject = { ...(await subjectFor('service')), crls: [] };
    const results = await judgedBy(trusting([stranger.rootPem]), acceptances, subject);
    expect(results).toHaveLength(acceptances.length);
    expect(results.filter(({ passed }) => passed)).toEqual([]);
  });

  it('fails a refusal that the judge gives another reason for', async () => {
    const always = (seen: 'expired' | 'unknown-ca'): Peer => ({
      id: 'stubborn',
      serve: async (endpoint) => {
        const running = await nodePeer.serve?.(endpoint, world);
        if (running === undefined) throw new Error('no server');
        return { ...running, observed: async (count) => ({ ...(await running.observed(count)), seen }) };
      },
      connect: async (port, endpoint) => {
        const made = await nodePeer.connect?.(port, endpoint, world);
        if (made === undefined) throw new Error('no client');
        return { ...made, observation: { ...made.observation, seen } };
      },
    });
    const subject = await subjectFor('service');
    const others = refusals.filter(({ expected }) => expected !== 'expired');
    expect((await judgedBy(always('expired'), others, subject)).filter(({ passed }) => passed)).toEqual([]);
    const expired = refusals.filter(({ expected }) => expected === 'expired');
    expect((await judgedBy(always('unknown-ca'), expired, subject)).filter(({ passed }) => passed)).toEqual(
      [],
    );
  });
});

describe('the proof with a peer that lacks something', () => {
  it('fails resumption and negotiation where neither takes place', async () => {
    const wanted = acceptances.filter(({ resumes, negotiates }) => resumes === true || negotiates === true);
    const results = await judgedBy(forgetfulPeer, wanted, await subjectFor('service'));
    const seen = results.map(({ id, client, passed }) => [id, client, passed]);
    expect(seen).toContainEqual(['resumption', 'error:not-resumed', false]);
    expect(seen).toContainEqual(['alpn', 'error:not-negotiated', false]);
  });

  it('gives up on an end that says nothing', async () => {
    const cast = createCast(await subjectFor('service'), world);
    const [mutual] = SCENARIOS;
    if (mutual === undefined) throw new Error('no scenario');
    for (const peers of [
      { client: nodePeer, server: silentPeer },
      { client: silentPeer, server: nodePeer },
    ]) {
      const result = await runScenario(mutual, 'TLSv1.3', { cast, peers, timeLimitMs: 200 }, world);
      expect(result).toMatchObject({ passed: false });
      expect([result?.client, result?.server]).toContain('timed-out');
    }
  });

  it('reports a peer that cannot play an end instead of throwing', async () => {
    const [result] = await judgedBy({ id: 'idle' }, SCENARIOS.slice(0, 1), await subjectFor('server'));
    expect(result).toMatchObject({ passed: false, client: 'error:not-played' });
  });
});

describe('the proof of a certificate that is not sound', () => {
  const DAY = 86_400_000;
  const ago = (days: number) => new Date(Date.now() - days * DAY);

  it.each([
    ['expired', NAMES.server, { notBefore: ago(3), notAfter: ago(1) }],
    ['not-yet-valid', NAMES.server, { notBefore: ago(-1), notAfter: ago(-3) }],
    // A wildcard right below a top-level domain fits no name at all in Node, nor in browsers.
    ['wrong-name', ['*.localhost'], {}],
    ['outside-constraint', ['www.devca-proof.dev'], {}],
  ] as const)('fails with %s', async (reason, names, defects) => {
    const authority = await createEphemeralAuthority();
    const issued = await authority.issueDefective(names, defects);
    const report = await prove(subjectOf({ authority, issued }), { scenarios: acceptances });
    const mutual = report.scenarios.filter(({ id }) => id === 'mutual-tls');
    expect(mutual.length).toBeGreaterThan(0);
    for (const result of mutual) expect([result.client, result.server]).toContain(reason);
    expect(failed(mutual)).toEqual(mutual);
  });

  it('fails with another root than the one that issued it', async () => {
    const stranger = await createEphemeralAuthority();
    const subject = await subjectFor('server');
    const report = await prove(
      { ...subject, issuers: [subject.issuers[0], stranger.root] },
      { scenarios: acceptances },
    );
    expect(report.scenarios.find(({ id }) => id === 'mutual-tls')).toMatchObject({
      passed: false,
      client: 'unknown-ca',
    });
  });

  it('fails with the key of another certificate', async () => {
    const subject = await subjectFor('server');
    const { credentials } = await subjectFor('server');
    const swapped = { ...subject, credentials: { ...subject.credentials, keyPem: credentials.keyPem } };
    const [mutual] = (await prove(swapped, { scenarios: acceptances })).scenarios;
    expect(mutual).toMatchObject({ passed: false, client: 'error:not-played' });
    expect(mutual?.server).toMatch(/^error:ERR_OSSL/);
  });

  it('fails with a chain that lacks the intermediate', async () => {
    const { authority, issued } = await issue('server');
    const subject = subjectOf({ authority, issued });
    const report = await prove(
      { ...subject, credentials: { ...subject.credentials, certPem: issued.certPem } },
      { scenarios: acceptances },
    );
    expect(report.scenarios.find(({ id }) => id === 'mutual-tls')).toMatchObject({
      passed: false,
      client: 'missing-intermediate',
    });
  });
});
