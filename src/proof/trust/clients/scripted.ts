import { commandClient, type TrustClient } from '../trust-client.ts';

const OPENSSL = [['SSL_CERT_FILE'], ['SSL_CERT_DIR']] as const;

const PYTHON_SSL = `
import platform, ssl, sys, urllib.request
paths = ssl.get_default_verify_paths()
print("devca-version:", platform.python_version())
print("devca-store:", paths.cafile or paths.capath)
try:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    print(opener.open(sys.argv[1], timeout=10).read().decode())
except Exception as error:
    sys.exit(f"{type(error).__name__}: {error}")
`;

const PYTHON_REQUESTS = `
import os, sys
try:
    import requests
except ImportError:
    sys.exit("devca-missing: requests")
print("devca-version:", requests.__version__)
print("devca-store:", requests.certs.where())
try:
    print(requests.get(sys.argv[1], timeout=10).text)
except Exception as error:
    sys.exit(f"{type(error).__name__}: {error}")
`;

const NODE = `
const { argv: [, url], version, stdout, stderr } = process;
stdout.write('devca-version: ' + version + '\\n');
require('https').get(url, { agent: false }, (response) => response.pipe(stdout))
  .on('error', (error) => stderr.write(error.code + ': ' + error.message + '\\n'));
`;

const fetchScript = (version: string, url: string): string => `
const { log, error: warn } = console;
log('devca-version: ' + ${version});
try { log(await (await fetch(${JSON.stringify(url)})).text()); }
catch (error) {
  const causes = [];
  for (let each = error; each; each = each.cause) causes.push([each.code, each.message].filter(Boolean).join(': '));
  warn(causes.join('; '));
}
`;

const RUBY = `
require 'net/http'
require 'openssl'
puts "devca-version: #{RUBY_VERSION}", "devca-store: #{OpenSSL::X509::DEFAULT_CERT_FILE}"
uri = URI(ARGV[0])
begin
  puts Net::HTTP.start(uri.host, uri.port, nil, use_ssl: true) { |http| http.get('/').body }
rescue StandardError => error
  abort "#{error.class}: #{error.message}"
end
`;

const PHP = `
if (!extension_loaded('openssl')) exit('devca-missing: the openssl extension');
$places = openssl_get_cert_locations();
echo 'devca-version: ', PHP_VERSION, "\\ndevca-store: ", $places['ini_cafile'] ?: $places['default_cert_file'], "\\n";
echo file_get_contents($argv[1]);
`;

/** Languages that need no compiler. */
export const scriptedClients: readonly TrustClient[] = [
  commandClient(
    {
      id: 'python',
      name: 'Python (ssl)',
      programs: ['python3', 'python'],
      further: ['/usr/bin/python3', '/usr/local/bin/python3', '/opt/homebrew/bin/python3'],
      store: 'system',
      variables: OPENSSL,
      unverified: 'python3 -c "import ssl; print(ssl._create_default_https_context)"',
    },
    ({ url }) => ['-c', PYTHON_SSL, url],
  ),
  commandClient(
    {
      id: 'python-requests',
      name: 'Python (requests)',
      programs: ['python3', 'python'],
      further: ['/usr/bin/python3'],
      store: 'own',
      variables: [['REQUESTS_CA_BUNDLE'], ['CURL_CA_BUNDLE']],
      unverified: 'python3 -m pip show requests',
    },
    ({ url }) => ['-c', PYTHON_REQUESTS, url],
  ),
  commandClient(
    {
      id: 'node',
      name: 'Node',
      programs: ['node'],
      further: [
        '/usr/bin/node',
        '~/.nvm/versions/node/*/bin/node',
        '~/.local/share/fnm/node-versions/*/installation/bin/node',
        '~/.local/share/mise/installs/node/*/bin/node',
        '~/.asdf/installs/nodejs/*/bin/node',
        '~/.volta/tools/image/node/*/bin/node',
      ],
      store: 'own',
      variables: [
        ['NODE_EXTRA_CA_CERTS'],
        ['NODE_USE_SYSTEM_CA', /^1$/],
        ['NODE_OPTIONS', /--use-(system|openssl)-ca/],
        ['NODE_TLS_REJECT_UNAUTHORIZED', /^0$/],
      ],
      unverified: 'unset NODE_TLS_REJECT_UNAUTHORIZED',
    },
    ({ url }) => ['-e', NODE, url],
  ),
  commandClient(
    {
      id: 'deno',
      name: 'Deno',
      programs: ['deno', '~/.deno/bin/deno'],
      store: 'own',
      variables: [['DENO_CERT'], ['DENO_TLS_CA_STORE', /system/], ['NODE_EXTRA_CA_CERTS']],
      unverified: 'deno --version',
    },
    ({ url }) => ['eval', fetchScript('Deno.version.deno', url)],
  ),
  commandClient(
    {
      id: 'bun',
      name: 'Bun',
      programs: ['bun', '~/.bun/bin/bun'],
      store: 'system',
      variables: [['NODE_EXTRA_CA_CERTS'], ['NODE_TLS_REJECT_UNAUTHORIZED', /^0$/]],
      unverified: 'unset NODE_TLS_REJECT_UNAUTHORIZED',
    },
    ({ url }) => ['-e', fetchScript('Bun.version', url)],
  ),
  commandClient(
    {
      id: 'ruby',
      name: 'Ruby',
      programs: ['ruby'],
      store: 'system',
      variables: OPENSSL,
      unverified: 'echo "$RUBYOPT"',
    },
    ({ url }) => ['-e', RUBY, url],
  ),
  commandClient(
    {
      id: 'php',
      name: 'PHP',
      programs: ['php'],
      store: 'system',
      variables: OPENSSL,
      unverified: 'php -i',
    },
    ({ url }) => ['-d', 'display_errors=stderr', '-r', PHP, url],
  ),
];
