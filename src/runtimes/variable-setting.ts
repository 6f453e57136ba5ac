import type { RootSource } from './root-source.ts';
import type { Runtime } from './trust-variables.ts';

/** A variable as it is to be set. */
export interface VariableSetting {
  readonly name: string;
  readonly value: string;
  readonly effect: 'adds' | 'replaces';
  readonly runtimes: readonly Runtime[];
  /** For people. */
  readonly readers: string;
  /** What is in the file that the value names, besides the roots of devca. */
  readonly sources: readonly RootSource[];
  readonly certificates: number;
}
