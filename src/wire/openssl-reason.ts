/**
 * The reason in a message of the runtime's TLS, such as `wrong version number`: it stands after the function of OpenSSL
 * that gave up, if one is named, and before the place in its source, if that is.
 */
export const opensslReason = (message: string): string =>
  /(?:^|:)error:[0-9A-F]+:[^:]*:[^:]*:([^:]+)/.exec(message)?.[1] ?? message;
