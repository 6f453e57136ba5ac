import type { Speaker } from './fault.ts';

/** Programs that are clients only, and servers only. */
export const CLIENT_SPEAKERS: ReadonlySet<Speaker> = new Set([
  'curl',
  'wget',
  'git',
  'chrome',
  'firefox',
  'apple',
]);
export const SERVER_SPEAKERS: ReadonlySet<Speaker> = new Set(['nginx', 'apache', 'haproxy']);

/**
 * Words that show whose log a text is. A server's complaint is about the client's certificate,
 * and an alert that it received is about its own; a client's the other way round.
 */
export const SERVER_WORDINGS: readonly string[] = [
  'tls_process_client_certificate',
  'tls_early_post_process_client_hello',
  'tls_post_process_client_hello',
  'client SSL certificate verify error',
  'while SSL handshaking, client:',
  'AH02008',
  'AH02276',
  'SSL library error 1 in handshake (server',
  'TLS handshake error from',
  'failed to verify client certificate',
  'Error accepting a client connection',
  'could not accept SSL connection',
  'tlsClientError',
  'must return a certificate',
  'SSL client certificate not trusted',
  'SSL client CA chain cannot be verified',
  'SSL_accept',
  'SSL_do_handshake() failed … while SSL handshaking',
];

export const CLIENT_WORDINGS: readonly string[] = [
  'curl:',
  'SSL_connect',
  'tls_process_server_certificate',
  'tls_post_process_server_certificate',
  'fetch failed',
  'fatal: unable to access',
  'psql: error',
  'connection to server at',
  'ERROR 2026 (HY000)',
  'Could not connect to Redis',
  'Simple Client Mode',
  'CONNECTED(00000003)',
  'urllib3',
  'requests.exceptions',
  'urlopen error',
  'Get "https',
  'Post "https',
  'error sending request for url',
  'I/O error on GET request for "https',
  'net::ERR',
  'Unable to establish SSL connection',
  'file_get_contents',
];
