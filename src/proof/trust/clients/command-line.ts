import { REQUEST } from '../../peer.ts';
import { commandClient, type TrustClient } from '../trust-client.ts';

/** OpenSSL's own two, which whatever stands on it reads too. */
const OPENSSL = [['SSL_CERT_FILE'], ['SSL_CERT_DIR']] as const;

/** Programs that developers fetch pages with, each with the user's own settings files. */
export const commandLineClients: readonly TrustClient[] = [
  commandClient(
    {
      id: 'curl',
      name: 'curl',
      programs: ['curl'],
      store: 'system',
      variables: [['CURL_CA_BUNDLE'], ...OPENSSL],
      unverified: 'grep -n -e insecure -e "-k" ~/.curlrc',
    },
    ({ url }) => ['--silent', '--show-error', '--noproxy', '*', url],
  ),
  commandClient(
    {
      id: 'wget',
      name: 'wget',
      programs: ['wget'],
      store: 'system',
      variables: [['WGETRC'], ...OPENSSL],
      unverified: 'grep -n check_certificate ~/.wgetrc /etc/wgetrc',
    },
    ({ url }) => ['-nv', '-O', '-', '--tries=1', '--no-proxy', url],
  ),
  commandClient(
    {
      id: 'git',
      name: 'git',
      programs: ['git'],
      store: 'system',
      variables: [['GIT_SSL_CAINFO'], ['GIT_SSL_CAPATH'], ...OPENSSL],
      unverified: 'git config --show-origin --get-all http.sslVerify',
    },
    ({ url }) => ['-c', 'http.proxy=', '-c', 'credential.helper=', 'ls-remote', `${url}devca.git`],
    { environment: { GIT_TERMINAL_PROMPT: '0' } },
  ),
  commandClient(
    {
      id: 'openssl',
      name: 'OpenSSL',
      programs: ['openssl'],
      store: 'system',
      variables: OPENSSL,
      unverified: 'openssl version -a',
    },
    ({ host, port }) => [
      ...['s_client', '-connect', `${host}:${port}`, '-servername', host, '-verify_hostname', host],
      ...['-verify_return_error', '-quiet'],
    ],
    { stdin: REQUEST },
  ),
  commandClient(
    {
      id: 'gnutls',
      name: 'GnuTLS',
      programs: ['gnutls-cli'],
      store: 'system',
      variables: [],
      unverified: 'gnutls-cli --version',
    },
    ({ host, port }) => ['--port', String(port), host],
    { stdin: REQUEST },
  ),
];
