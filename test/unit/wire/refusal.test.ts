import { describe, expect, it } from '@jest/globals';
import { readRecording } from '../../../src/wire/recording.ts';
import { meaningOf, type Refusal, silentRefusal } from '../../../src/wire/refusal.ts';
import { ALERTS } from '../../../src/wire/tables/code-points.ts';
import { makeAuthority, makeCertificate } from './certificates.ts';
import { loopbackHandshake } from './loopback.ts';

const { root, intermediate } = makeAuthority();
const DAY = 86_400_000;

async function refusal(
  changes: Partial<Parameters<typeof makeCertificate>[0]>,
  chain: readonly { pem: string }[] = [intermediate],
): Promise<Refusal> {
  const identity = makeCertificate({
    commonName: 'localhost',
    names: ['localhost'],
    issuer: intermediate,
    ...changes,
  });
  const cert = [identity, ...chain].map(({ pem }) => pem).join('');
  const { client } = await loopbackHandshake({ server: { cert, key: identity.keyPem } });
  const negotiation = {
    cipherSuite: null,
    clientCertificateRequested: false,
    clientCertificateSent: false,
    serverName: 'localhost',
  };
  const transcript = readRecording(client);
  return { from: 'client', transcript, negotiation, clientHasCertificate: false, at: new Date() };
}

const codeOf = (alert: string, one: Refusal): string | undefined =>
  meaningOf(alert, one).fault?.code.replace('DEVCA_FAULT_', '');

describe('an alert of a client', () => {
  it('means what the certificate is seen to have, where the alert may mean it', async () => {
    const past = { notBefore: new Date(Date.now() - 10 * DAY), notAfter: new Date(Date.now() - DAY) };
    const expired = await refusal(past);
    expect(codeOf('bad_certificate', expired)).toBe('EXPIRED');
    expect(codeOf('unknown_ca', expired)).toBe('UNKNOWN_CA');
    expect(codeOf('bad_certificate', await refusal({ names: ['other.test'] }))).toBe('NAME_MISMATCH');
    expect(codeOf('certificate_unknown', await refusal({ purposes: ['clientAuth'] }))).toBe('WRONG_EKU');
    expect(codeOf('unknown_ca', await refusal({}, [intermediate, root]))).toBe('ROOT_SENT');
  });

  it('means an unknown root where nothing else is seen', async () => {
    const sound = await refusal({});
    for (const alert of ['unknown_ca', 'bad_certificate', 'certificate_unknown'])
      expect([alert, codeOf(alert, sound)]).toEqual([alert, 'UNKNOWN_CA']);
    expect(silentRefusal(sound)?.code).toBe('DEVCA_FAULT_UNKNOWN_CA');
  });
});

describe('an alert of a server', () => {
  const situation = async (changes: Partial<Refusal['negotiation']>): Promise<Refusal> => {
    const one = await refusal({});
    return { ...one, from: 'server', negotiation: { ...one.negotiation, ...changes } };
  };
  const requested = { clientCertificateRequested: true, cipherSuite: 'x' };

  it.each(['certificate_required', 'handshake_failure', 'bad_certificate', 'decode_error'])(
    '%s means a missing client certificate where one was requested and none was sent',
    async (alert) => {
      const one = await situation(requested);
      expect(meaningOf(alert, one)).toMatchObject({
        meaning: 'the server requires a client certificate and got none',
        fault: {
          code: 'DEVCA_FAULT_CLIENT_CERT_MISSING',
          cause: 'no certificate is configured in the client',
        },
      });
      expect(codeOf(alert, { ...one, clientHasCertificate: true })).toBe('CLIENT_CERT_NOT_SENT');
    },
  );

  it('never means a client certificate that nobody asked for', async () => {
    const one = await situation({});
    expect(codeOf('handshake_failure', one)).toBe('CIPHER');
    expect(codeOf('handshake_failure', await situation({ cipherSuite: 'x' }))).toBe('SIGNATURE_SCHEME');
    expect(meaningOf('decrypt_error', one)).toMatchObject({
      meaning: 'a signature or Finished did not verify',
      fault: { code: 'DEVCA_FAULT_PROTOCOL_ERROR' },
    });
    expect(silentRefusal(one)?.code).toBe('DEVCA_FAULT_CLOSED_IN_HANDSHAKE');
  });

  it('never means a missing certificate where one was sent', async () => {
    const one = await situation({ ...requested, clientCertificateSent: true });
    expect(codeOf('bad_certificate', one)).toBe('CLIENT_CERT_REFUSED');
    expect(codeOf('unknown_ca', one)).toBe('CLIENT_CERT_UNKNOWN_ISSUER');
  });

  it('has a meaning whatever it is', async () => {
    const one = await situation({});
    for (const name of [...ALERTS.values(), 'unknown_200'])
      expect([name, meaningOf(name, one).meaning]).toEqual([name, expect.stringMatching(/^[a-z].{10}/)]);
    expect(meaningOf('unknown_200', one)).toEqual({ meaning: 'the server ended the handshake', fault: null });
  });
});
