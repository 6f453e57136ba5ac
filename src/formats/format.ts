/** The words of `--format`, in the order of the help text. */
export const FORMATS = [
  'pem',
  'der',
  'combined',
  'p12',
  'truststore',
  'jks',
  'jks-truststore',
  'p7b',
  'k8s',
  'base64',
] as const;

export type Format = (typeof FORMATS)[number];

/** Those that are protected by a password. */
export const STORE_FORMATS: readonly Format[] = ['p12', 'truststore', 'jks', 'jks-truststore'];

/** Those that mean nothing without the private key. */
export const KEY_FORMATS: readonly Format[] = ['combined', 'p12', 'jks', 'k8s', 'base64'];

export const isFormat = (text: string): text is Format => FORMATS.some((format) => format === text);
