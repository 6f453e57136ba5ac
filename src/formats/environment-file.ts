/**
 * PEM in variables, as base64 on one line each: read as it stands by shells, `docker --env-file` and systemd's
 * EnvironmentFile, none of which agree about line ends within a value.
 */
export function environmentFile(pem: { chain: string; key: string; root: string }): string {
  return [
    `TLS_CERT_BASE64=${base64(pem.chain)}`,
    `TLS_KEY_BASE64=${base64(pem.key)}`,
    `TLS_CA_BASE64=${base64(pem.root)}`,
    '',
  ].join('\n');
}

const base64 = (text: string): string => Buffer.from(text, 'latin1').toString('base64');
