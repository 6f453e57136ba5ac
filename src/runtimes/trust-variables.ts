/** Runtimes and tools that take the roots they trust from their environment. */
export const RUNTIMES = [
  'node',
  'deno',
  'bun',
  'python',
  'openssl',
  'curl',
  'wget',
  'git',
  'go',
  'rust',
  'ruby',
  'php',
  'dotnet',
  'java',
  'aws',
  'gcloud',
  'grpc',
  'nix',
] as const;

export type Runtime = (typeof RUNTIMES)[number];

/** A variable that names one file of roots in PEM. */
export interface TrustVariable {
  readonly name: string;
  /** Who reads it. */
  readonly runtimes: readonly Runtime[];
  /** Beside the roots that the runtime has of its own, or instead of them. */
  readonly effect: 'adds' | 'replaces';
  /** Variables that its readers turn to where it is not set, in their order. Without any of them: the system's roots. */
  readonly instead?: readonly string[];
  /** Without it, its readers have the system's roots, and none of their own. */
  readonly bySystem?: true;
  /** Set only where its readers have roots of their own named: without them they trust what another variable says. */
  readonly onlyWhereNamed?: true;
  /** For people: who trusts what it names. */
  readonly readers: string;
  /** Where that is written down. */
  readonly see: string;
}

/** Holds for OpenSSL and whatever stands on it; `SSL_CERT_DIR` beside it names folders, which are read as well. */
export const OPENSSL_FILE = 'SSL_CERT_FILE';
export const OPENSSL_FOLDERS = 'SSL_CERT_DIR';

/** Options of every Java runtime that starts, whoever starts it. */
export const JAVA_OPTIONS = 'JAVA_TOOL_OPTIONS';

/** The user's settings of wget, which has no variable for roots. */
export const WGET_SETTINGS = 'WGETRC';

/** Folders of further settings of PHP, whose curl has no variable for roots either. */
export const PHP_FOLDERS = 'PHP_INI_SCAN_DIR';

/** Each variable with its readers. Those that take a file of their own kind (Java, wget, PHP's curl) have modules of their own. */
export const TRUST_VARIABLES: readonly TrustVariable[] = [
  {
    name: 'NODE_EXTRA_CA_CERTS',
    // Deno reads it from 2.0 on, Bun from 1.1.22 on. All read it once, at their start.
    runtimes: ['node', 'bun', 'deno'],
    effect: 'adds',
    readers: 'Node, Bun and Electron',
    see: 'https://nodejs.org/api/cli.html#node_extra_ca_certsfile',
  },
  {
    name: 'npm_config_cafile',
    // Where it is set, or in the settings, NODE_EXTRA_CA_CERTS counts for nothing.
    runtimes: ['node'],
    effect: 'replaces',
    onlyWhereNamed: true,
    readers: 'npm and pnpm',
    see: 'https://docs.npmjs.com/cli/v11/using-npm/config#cafile',
  },
  {
    name: 'DENO_CERT',
    runtimes: ['deno'],
    effect: 'adds',
    readers: 'Deno',
    see: 'https://docs.deno.com/runtime/reference/env_variables/',
  },
  {
    name: OPENSSL_FILE,
    runtimes: ['openssl', 'curl', 'python', 'go', 'rust', 'ruby', 'php', 'dotnet'],
    effect: 'replaces',
    readers: 'OpenSSL, Python, Go, Ruby, PHP, .NET and others',
    see: 'https://docs.openssl.org/3.0/man7/openssl-env/',
  },
  {
    name: 'CURL_CA_BUNDLE',
    runtimes: ['curl'],
    effect: 'replaces',
    bySystem: true,
    instead: [OPENSSL_FILE],
    readers: 'curl',
    see: 'https://curl.se/docs/sslcerts.html',
  },
  {
    name: 'REQUESTS_CA_BUNDLE',
    runtimes: ['python'],
    effect: 'replaces',
    instead: ['CURL_CA_BUNDLE'],
    readers: "Python's requests",
    see: 'https://requests.readthedocs.io/en/latest/user/advanced/#ssl-cert-verification',
  },
  {
    name: 'PIP_CERT',
    runtimes: ['python'],
    effect: 'replaces',
    instead: ['REQUESTS_CA_BUNDLE', 'CURL_CA_BUNDLE'],
    readers: 'pip',
    see: 'https://pip.pypa.io/en/stable/topics/https-certificates/',
  },
  {
    name: 'HTTPLIB2_CA_CERTS',
    runtimes: ['python'],
    effect: 'replaces',
    readers: "Python's httplib2",
    see: 'https://github.com/httplib2/httplib2',
  },
  {
    name: 'GIT_SSL_CAINFO',
    runtimes: ['git'],
    effect: 'replaces',
    bySystem: true,
    readers: 'git',
    see: 'https://git-scm.com/docs/git-config#Documentation/git-config.txt-httpsslCAInfo',
  },
  {
    name: 'CARGO_HTTP_CAINFO',
    runtimes: ['rust'],
    effect: 'replaces',
    bySystem: true,
    instead: [OPENSSL_FILE],
    readers: 'cargo',
    see: 'https://doc.rust-lang.org/cargo/reference/config.html#httpcainfo',
  },
  {
    name: 'AWS_CA_BUNDLE',
    runtimes: ['aws'],
    effect: 'replaces',
    instead: ['REQUESTS_CA_BUNDLE'],
    readers: 'the AWS tools',
    see: 'https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-envvars.html',
  },
  {
    name: 'CLOUDSDK_CORE_CUSTOM_CA_CERTS_FILE',
    runtimes: ['gcloud'],
    effect: 'replaces',
    readers: 'gcloud',
    see: 'https://cloud.google.com/sdk/docs/proxy-settings',
  },
  {
    name: 'GRPC_DEFAULT_SSL_ROOTS_FILE_PATH',
    runtimes: ['grpc'],
    effect: 'replaces',
    readers: 'gRPC but for Go and Java',
    see: 'https://github.com/grpc/grpc/blob/master/doc/environment_variables.md',
  },
  {
    name: 'NIX_SSL_CERT_FILE',
    runtimes: ['nix'],
    effect: 'replaces',
    bySystem: true,
    instead: [OPENSSL_FILE],
    readers: 'Nix and its programs',
    see: 'https://nix.dev/manual/nix/latest/installation/env-variables',
  },
];

/** A variable that switches the verification of certificates off, for all that read it. */
export interface OffVariable {
  readonly name: string;
  /** The values that do. */
  readonly value: RegExp;
  readonly readers: string;
}

export const OFF_VARIABLES: readonly OffVariable[] = [
  { name: 'NODE_TLS_REJECT_UNAUTHORIZED', value: /^0$/, readers: 'Node, Bun and Electron' },
  { name: 'PYTHONHTTPSVERIFY', value: /^0$/, readers: 'Python 2 and old Debian, Red Hat releases of 3' },
  // https://git-scm.com/docs/git: that it is there counts, whatever its value.
  { name: 'GIT_SSL_NO_VERIFY', value: /^/, readers: 'git' },
  { name: 'npm_config_strict_ssl', value: /^(false|0)?$/, readers: 'npm' },
  { name: 'NPM_CONFIG_STRICT_SSL', value: /^(false|0)?$/, readers: 'npm' },
  // https://docs.conda.io/projects/conda/en/stable/user-guide/configuration/settings.html
  { name: 'CONDA_SSL_VERIFY', value: /^(false|no|off|0)$/i, readers: 'conda' },
  { name: 'CLOUDSDK_AUTH_DISABLE_SSL_VALIDATION', value: /^(true|1|yes)$/i, readers: 'gcloud' },
];
