import { expect, it, jest } from '@jest/globals';
import { createEphemeralAuthority } from '../../../src/authority/ephemeral-authority.ts';
import { realWorld } from '../../../src/platform/world.ts';
import { createCast } from '../../../src/proof/cast.ts';
import { otherEnd, type Peer } from '../../../src/proof/peer.ts';
import { findPeers, PEER_NAMES } from '../../../src/proof/peers/known-peers.ts';
import { nodePeer } from '../../../src/proof/peers/node-peer.ts';
import { proveCertificate } from '../../../src/proof/prove-certificate.ts';
import { runScenario } from '../../../src/proof/run-scenario.ts';
import { SCENARIOS } from '../../../src/proof/scenarios.ts';
import type { ProofSubject } from '../../../src/proof/subject.ts';
import { describeWith } from '../../support/tools.ts';

// Each judgement of a foreign program is a process of its own.
jest.setTimeout(30_000);

const world = realWorld();

async function subjectFor(profile: string, names: readonly string[]): Promise<ProofSubject> {
  const { root, intermediate, issue } = await createEphemeralAuthority();
  const issued = await issue(names, { profile });
  return {
    serial: issued.certificate.serialNumber,
    name: profile,
    certificate: issued.certificate,
    credentials: { certPem: issued.fullchainPem, keyPem: issued.keyPem },
    issuers: [intermediate, root],
  };
}

describeWith(['openssl', 'curl', 'gnutls-cli'], 'foreign judges', () => {
  const peers = () => findPeers(PEER_NAMES, world);

  it.each([
    ['server', ['127.0.0.1', 'localhost']],
    ['service', ['orders']],
  ])('agree with the runtime about a %s for %j', async (profile, names) => {
    const { scenarios } = await proveCertificate(await subjectFor(profile, names), { peers: peers() }, world);
    expect(scenarios.filter(({ passed }) => !passed)).toEqual([]);
    const judged = (peer: string) => scenarios.filter((scenario) => scenario.peer === peer).length;
    expect(judged('openssl')).toBeGreaterThan(35);
    expect(judged('curl')).toBeGreaterThan(18);
    expect(judged('gnutls')).toBeGreaterThan(16);
  });

  it('tell the refused end why, by an alert', async () => {
    const { scenarios } = await proveCertificate(
      await subjectFor('service', ['orders']),
      { peers: findPeers(['openssl'], world) },
      world,
    );
    const told = (id: string, end: 'client' | 'server') =>
      scenarios
        .filter(({ peer, id: each }) => peer === 'openssl' && each === id)
        .map((scenario) => scenario[end]);
    expect(told('expired-client', 'client')).toEqual([
      'alert:certificate_expired',
      'alert:certificate_expired',
    ]);
    expect(told('expired-server', 'server')).toEqual([
      'alert:certificate_expired',
      'alert:certificate_expired',
    ]);
    expect(told('revoked-client', 'client')).toEqual([
      'alert:certificate_revoked',
      'alert:certificate_revoked',
    ]);
    expect(told('wrong-usage-server', 'server')).toContain('alert:unsupported_certificate');
  });

  it('fail every scenario where they trust another root', async () => {
    const stranger = await createEphemeralAuthority();
    const cast = { ...createCast(await subjectFor('service', ['orders']), world), trust: [stranger.rootPem] };
    const accepted = SCENARIOS.filter(({ id }) => id === 'mutual-tls');
    for (const scenario of accepted) {
      for (const peer of peers().filter((each) => scenario.judge === 'client' || each.serve !== undefined)) {
        const players = { [scenario.judge]: peer, [otherEnd(scenario.judge)]: nodePeer } as Record<
          'client' | 'server',
          Peer
        >;
        const result = await runScenario(
          scenario,
          'TLSv1.2',
          { cast, peers: players, timeLimitMs: 5_000 },
          world,
        );
        expect(result).toMatchObject({ passed: false, [scenario.judge]: 'unknown-ca' });
      }
    }
  });
});
