import type { GeneralName } from '../pki/general-name.ts';
import type { World } from '../platform/world.ts';
import { type Credentials, type End, otherEnd } from './peer.ts';
import { nameInside, nameOutside } from './permitted-names.ts';
import type { Defect, Part, Scenario } from './scenario.ts';
import { demandedNames, mayPlay, type ProofSubject, PURPOSES } from './subject.ts';
import { createTwin, forge, pemOf, type TwinAuthority, type TwinEndEntity } from './twin-authority.ts';
import { HOUR_MS, type TwinChanges } from './twin-certificates.ts';

/** Someone who plays an end of a scenario. */
export interface Player {
  readonly credentials: Credentials | undefined;
  readonly isSubject: boolean;
  /** What a client may demand of it as a server. */
  readonly names: readonly string[];
}

/** Who is there to play the scenarios of one subject. The twins are made once and serve all of them. */
export interface Cast {
  /** `undefined` where a part cannot be played, as a name outside the constraint where there is none. */
  player(part: Part, end: End): Player | undefined;
  /** PEM of the roots that both ends trust: the real one and the twin's. */
  readonly trust: readonly string[];
  /** PEM of the lists that the judge of a scenario checks against; `undefined` where they are not at hand. */
  crls(scenario: Scenario): readonly string[] | undefined;
}

export function createCast(subject: ProofSubject, world: Pick<World, 'clock' | 'random'>): Cast {
  const { certificate, issuers } = subject;
  const twin = createTwin(issuers, 'own', world);
  const root = issuers.at(-1) ?? issuers[0];
  const foreign = createTwin(issuers, 'foreign', world);
  const counterparts = issueForBothEnds(subject, twin);
  const revoked = issueForBothEnds(subject, twin);
  const twinCrls = twin.crls([revoked.server.certificate, revoked.client.certificate]);
  const counterpart = (end: End): Player => playerOf(counterparts[end]);
  const self: Player = {
    credentials: subject.credentials,
    isSubject: true,
    names: demandedNames(certificate.subjectAltName ?? []),
  };
  const defective: Record<Defect, (end: End, changes: TwinChanges) => Player | undefined> = {
    // Without a key identifier in the real root nothing but the signature tells it from another, as in `forged-ca`.
    'foreign-ca': (_, changes) =>
      root.subjectKeyIdentifier === undefined ? undefined : playerOf(foreign.issue(certificate, changes)),
    'forged-ca': (_, changes) => playerOf(forge(certificate, changes, issuers, world)),
    'self-signed': (_, changes) => playerOf(twin.issueSelfSigned(certificate, changes)),
    expired: (_, changes) => playerOf(twin.issue(certificate, { ...changes, ...past(world) })),
    'not-yet-valid': (_, changes) => playerOf(twin.issue(certificate, { ...changes, ...future(world) })),
    'wrong-usage': (end, changes) => {
      if (!mayPlay(end, certificate)) return self;
      const extendedKeyUsage = [PURPOSES[otherEnd(end)]];
      return playerOf(twin.issue(certificate, { ...changes, extendedKeyUsage }));
    },
    'missing-intermediate': (end) => {
      if (issuers.length < 2) return undefined;
      if (!mayPlay(end, certificate)) return { ...counterpart(end), credentials: counterparts[end].alone };
      return { ...self, credentials: { ...subject.credentials, certPem: pemOf(certificate) } };
    },
    'outside-constraint': (_, changes) => {
      const outside = nameOutside(issuers);
      if (outside === undefined) return undefined;
      const names: GeneralName[] = [{ kind: 'dNSName', value: outside }];
      return playerOf(twin.issue(certificate, { ...changes, names }));
    },
    revoked: (end) => playerOf(revoked[end]),
  };
  return {
    trust: [pemOf(root), twin.rootPem],
    player: (part, end) => {
      if (part === 'no-certificate') return { credentials: undefined, isSubject: false, names: [] };
      if (part === 'counterpart') return counterpart(end);
      if (part === 'subject') return mayPlay(end, certificate) ? self : undefined;
      if (part === 'sound') return mayPlay(end, certificate) ? self : counterpart(end);
      return defective[part](end, soundChanges(subject, end));
    },
    crls: ({ checksCrls, expected }) => {
      if (checksCrls !== true) return [];
      return expected === 'revoked' ? twinCrls : subject.crls;
    },
  };
}

function issueForBothEnds(subject: ProofSubject, twin: TwinAuthority): Record<End, TwinEndEntity> {
  return {
    server: twin.issue(subject.certificate, soundChanges(subject, 'server')),
    client: twin.issue(subject.certificate, soundChanges(subject, 'client')),
  };
}

/** What makes a copy of the subject fit for an end that the subject itself may not play. */
function soundChanges({ certificate, issuers }: ProofSubject, end: End): TwinChanges {
  if (mayPlay(end, certificate)) return {};
  const names = certificate.subjectAltName ?? [];
  const inside = demandedNames(names).length > 0 ? undefined : nameInside(issuers);
  const added: GeneralName[] = inside === undefined ? [] : [{ kind: 'dNSName', value: inside }];
  return {
    extendedKeyUsage: [PURPOSES[end]],
    ...(added.length === 0 ? {} : { names: [...names, ...added] }),
  };
}

const playerOf = (twin: TwinEndEntity): Player => ({
  credentials: twin,
  isSubject: false,
  names: demandedNames(twin.certificate.subjectAltName ?? []),
});

const past = ({ clock }: Pick<World, 'clock'>): TwinChanges => {
  const now = clock.now().getTime();
  return { notBefore: new Date(now - 48 * HOUR_MS), notAfter: new Date(now - 24 * HOUR_MS) };
};

const future = ({ clock }: Pick<World, 'clock'>): TwinChanges => {
  const now = clock.now().getTime();
  return { notBefore: new Date(now + 24 * HOUR_MS), notAfter: new Date(now + 48 * HOUR_MS) };
};
