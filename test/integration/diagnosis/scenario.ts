import type { FaultServer } from './fault-servers.ts';
import type { FaultyPki, Identity } from './faulty-pki.ts';

/** What a client is asked to do. Paths are PEM files. */
export interface Case {
  readonly id: string;
  /** The faults that a text about this case may name for certain, the true one first. */
  readonly faults: readonly string[];
  readonly host: string;
  readonly port: number;
  readonly scheme: 'https' | 'http';
  readonly trust: string;
  readonly cert?: string;
  readonly key?: string;
  readonly crl?: string;
  readonly alpn?: string;
  readonly maxTls12?: boolean;
  readonly server: FaultServer;
}

/** A case whose server has not been started. */
export interface Plan extends Partial<Omit<Case, 'server' | 'port' | 'trust'>> {
  readonly id: string;
  readonly faults: readonly string[];
  readonly start: () => Promise<FaultServer>;
}

export interface Material {
  readonly pki: FaultyPki;
  readonly root: Identity;
  readonly intermediate: Identity;
}

export const fault = (name: string): string => `DEVCA_FAULT_${name}`;
