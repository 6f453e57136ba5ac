import tls from 'node:tls';

/** The roots that the operating system trusts, in PEM; none where the runtime (before 22.15) cannot ask for them. */
export const systemRoots = (): readonly string[] =>
  typeof tls.getCACertificates === 'function' ? tls.getCACertificates('system') : [];
