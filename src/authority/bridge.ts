import { DevcaError } from '../errors/devca-error.ts';
import { openKey } from '../keystore/open-key-store.ts';
import { type Certificate, parseCertificate } from '../pki/certificate.ts';
import { buildCertificate } from '../pki/certificate-builder.ts';
import { keyIdentifier } from '../pki/key.ts';
import { randomSerialNumber } from '../pki/serial-number.ts';
import type { Signer } from '../pki/signer.ts';
import type { World } from '../platform/world.ts';
import { intermediateProfile } from '../profiles/authority-profile.ts';
import { authorityExtensions } from './hierarchy.ts';
import { type Authority, openSigner, requireOwn, restingKey } from './open-authority.ts';

/** The present root's key, for a bridge. Throws DEVCA_ROLLOVER_BRIDGE where it can't sign one, and what `openSigner` throws. */
export async function openBridgeSigner(authority: Authority, world: World): Promise<Signer> {
  refuseBridge(authority);
  return openSigner(authority, world, 'root');
}

/** Whether there is that key, without completing what another run may have left. Throws as `openBridgeSigner` does. */
export async function checkBridgeKey(authority: Authority, world: World): Promise<void> {
  refuseBridge(authority);
  const { kind, key } = restingKey(authority, 'root');
  requireOwn(await openKey(kind, key, authority.home, world), authority, 'root');
}

function refuseBridge({ record, root }: Authority): void {
  const { rootKey, name } = record;
  const reason =
    root.certificate.basicConstraints?.pathLenConstraint === 0
      ? 'which may have no intermediate below it'
      : NO_KEY[rootKey.keystore];
  if (reason !== undefined) throw new DevcaError('DEVCA_ROLLOVER_BRIDGE', { name, reason });
}

const NO_KEY: Readonly<Record<string, string>> = {
  discard: 'whose key was destroyed when it was made',
  none: 'whose key was not imported',
};

/**
 * Certifies the key of the next intermediate by the present root, within the present constraint: who trusts the old root
 * alone then accepts what the new intermediate issues, as far as the old constraint goes. The new root itself can't be
 * certified so, since the old one's path length leaves no room for it.
 */
export function buildBridge(
  intermediate: Certificate,
  { root, constraint }: Authority,
  signer: Signer,
  world: Pick<World, 'random'>,
): Certificate {
  const issuer = root.certificate;
  const { subject, notBefore, subjectPublicKeyInfo } = intermediate;
  const notAfter = issuer.notAfter < intermediate.notAfter ? issuer.notAfter : intermediate.notAfter;
  const der = buildCertificate(
    {
      serialNumber: randomSerialNumber(world.random),
      issuer: issuer.subject,
      subject,
      notBefore,
      notAfter,
      subjectPublicKeyInfo,
      extensions: authorityExtensions(
        intermediateProfile,
        keyIdentifier(subjectPublicKeyInfo),
        issuer,
        constraint,
      ),
    },
    signer,
  );
  return parseCertificate(der);
}
