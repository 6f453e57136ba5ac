import { encodePem } from '../pki/pem.ts';

/** How a key is read back as PEM from each kind of file that devca writes it to in the clear, the plainest first. */
export const KEY_READERS: Readonly<Record<string, (bytes: Uint8Array) => string>> = {
  key: textOf,
  combined: textOf,
  'key-der': (bytes) => encodePem('PRIVATE KEY', bytes),
  k8s: (bytes) => base64Line(bytes, /^ {2}tls\.key: (\S+)$/m),
  base64: (bytes) => base64Line(bytes, /^TLS_KEY_BASE64=(\S+)$/m),
};

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1');
}

function base64Line(bytes: Uint8Array, line: RegExp): string {
  return Buffer.from(line.exec(textOf(bytes))?.[1] ?? '', 'base64').toString('latin1');
}
