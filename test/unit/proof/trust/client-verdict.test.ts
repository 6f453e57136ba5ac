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

  it('begins where the words begin, and says where they were cut', () => {
    const inner =
      '[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: unable to get local issuer certificate (_ssl.c:1006)';
    const requests = `SSLError: HTTPSConnectionPool(host='localhost', port=45863): Max retries exceeded with url: / (Caused by SSLError(SSLCertVerificationError(1, '${inner}')))`;
    const java =
      'javax.net.ssl.SSLHandshakeException: PKIX path building failed: sun.security.provider.certpath.SunCertPathBuilderException: unable to find valid certification path to requested target';
    const ruby =
      'OpenSSL::SSL::SSLError: SSL_connect returned=1 errno=0 peeraddr=127.0.0.1:45863 state=error: certificate verify failed (unable to get local issuer certificate)';
    const words = (stderr: string) => judgeClient(run({ stderr }), sight({})).words;
    expect(words(`a warning\n${requests}`)).toBe(`…${inner}`);
    expect(words(java)).toBe(`${java.slice(0, java.indexOf(' path to'))}…`);
    expect(words(`\u001b[31m${ruby}\u001b[0m`)).toBe(ruby);
    const chromium = 'handshake failed; returned -1, SSL error code 1, net_error -202';
    expect(words(`[4006:4088:1124/125259.120549:ERROR:ssl_client_socket_impl.cc:949] ${chromium}`)).toBe(
      chromium,
    );
    expect(words(`${'never heard '.repeat(20)}`)).toMatch(/^never .{140,158}(never|heard)…$/);
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
    const started = trustClients(undefined).find(({ id }) => id === 'firefox') ?? client('firefox');
    const none = decidingPlace(started, '', {}, () => true);
    expect(none.text).toBe('a new profile, as it has none yet');
    expect(mendingCommand(none, '', { platform: 'linux' })).toBe(
      'firefox && devca trust install --store nss',
    );
    expect(mend('chromium')).toBe('devca trust install --store nss');
  });
});
