import { describe, expect, it } from '@jest/globals';
import { judgeClient } from '../../../../src/proof/trust/client-verdict.ts';
import { decidingPlace, mendingCommand } from '../../../../src/proof/trust/deciding-place.ts';
import { trustClients } from '../../../../src/proof/trust/installed-clients.ts';

const run = (fields: object) => ({ status: 1, stdout: '', stderr: '', timedOut: false, ...fields });
const sight = (fields: object) => ({ connected: true, requested: false, alert: undefined, ...fields });

describe('the verdict of a client', () => {
  it('is what the server saw, whatever the client says afterwards', () => {
    const said = run({ stderr: 'fatal: this is no repository' });
    expect(judgeClient(said, sight({ requested: true }))).toMatchObject({ status: 'accepted' });
  });

  it('is a refusal where an alert says so, though the client says nothing', () => {
    expect(judgeClient(run({ status: null, timedOut: true }), sight({ alert: 'unknown_ca' }))).toMatchObject({
      status: 'refused',
      words: 'it ended the handshake with the alert unknown_ca',
      fault: { code: expect.stringMatching(/^DEVCA_FAULT_/) },
    });
  });

  it('is a refusal where the connection ends without a request, in words that nobody knows', () => {
    expect(judgeClient(run({ stderr: 'one\nno, thank you' }), sight({}))).toEqual({
      status: 'refused',
      words: 'no, thank you',
      fault: null,
    });
  });

  it('is none where there was no connection', () => {
    expect(judgeClient(run({}), sight({ connected: false }))).toMatchObject({ status: 'failed' });
    expect(judgeClient(run({ timedOut: true }), sight({}))).toMatchObject({ status: 'timed-out' });
  });
});

describe('what decides for a client', () => {
  const client = (id: string) => {
    const found = trustClients('/home/ada/profile').find((each) => each.id === id);
    if (found === undefined) throw new Error(`no client ${id}`);
    return found;
  };
  const place = (id: string, stdout = '', environment: Record<string, string> = {}, isThere = true) =>
    decidingPlace(client(id), stdout, environment, () => isThere);
  const mend = (...given: Parameters<typeof place>) =>
    mendingCommand(place(...given), '', { platform: 'linux' });

  it('is the first variable that is set, with a value that counts', () => {
    expect(place('curl', '', { SSL_CERT_FILE: '/a', CURL_CA_BUNDLE: '/b' }).text).toBe('CURL_CA_BUNDLE="/b"');
    expect(place('node', '', { NODE_OPTIONS: '--inspect' }).text).toBe('roots that come with it');
    expect(place('node', '', { NODE_OPTIONS: '--use-system-ca' }).variable).toBe('NODE_OPTIONS');
  });

  it('is not a file of OpenSSL that is missing, since its folder then counts', () => {
    expect(place('ruby', '', { SSL_CERT_FILE: '/nowhere' }, false).text).toBe('the system store');
  });

  it('is the file that the runtime names, which tells whose roots they are', () => {
    expect(mend('python', 'devca-store: /etc/ssl/cert.pem\n')).toBe('devca trust install --store system');
    expect(mend('python', 'devca-store: /opt/conda/ssl/cacert.pem\n')).toBe('eval "$(devca env)"');
    expect(mend('python-requests', 'devca-store: /etc/ssl/certs/ca-certificates.crt\n')).toBe(
      'devca trust install --store system',
    );
    expect(mend('java', 'devca-store: /opt/jdk/lib/security/cacerts')).toBe(
      'devca trust install --store java',
    );
  });

  it('is mended by all stores where browsers share the system’s', () => {
    expect(mendingCommand(place('chromium'), ' --home x', { platform: 'darwin' })).toBe(
      'devca trust install --home x',
    );
  });

  it('is the profile for Firefox', () => {
    expect(place('firefox').text).toBe('a copy of the profile /home/ada/profile');
    expect(mend('chromium')).toBe('devca trust install --store nss');
  });
});
