import { DevcaError, isDevcaError } from '../errors/devca-error.ts';
import type { RootsFailure } from '../errors/runtime-errors.ts';
import type { World } from '../platform/world.ts';
import { javaSetting } from './java-setting.ts';
import { type DevcaRoots, type MergedBundle, mergeBundle } from './merged-bundle.ts';
import { phpSetting } from './php-setting.ts';
import { MOST_BYTES, type ReadSource, type RootSource, readSource } from './root-source.ts';
import { systemBundle } from './system-bundle.ts';
import { type Runtime, TRUST_VARIABLES, type TrustVariable } from './trust-variables.ts';
import type { VariableSetting } from './variable-setting.ts';
import { namedSources } from './variable-sources.ts';
import { wgetSetting } from './wget-setting.ts';

export interface EnvironmentRequest {
  readonly roots: DevcaRoots;
  /** Only the variables of these runtimes, or of all. */
  readonly only?: readonly Runtime[];
  readonly without?: readonly Runtime[];
  /** PEM of the system's roots where the system has no file of them, as on Windows. */
  readonly systemRoots?: readonly string[];
}

/**
 * The environment in which every runtime trusts what it trusts today and the roots of devca too. Writes the files that
 * the variables name. Throws DEVCA_RUNTIME_ROOTS where what is trusted today cannot be read,
 * DEVCA_RUNTIME_NO_SYSTEM_ROOTS, DEVCA_RUNTIME_STORE, and DEVCA_FILE_* where nothing can be written.
 */
export function trustEnvironment(request: EnvironmentRequest, world: World): readonly VariableSetting[] {
  const { roots, only, without = [] } = request;
  const wanted = (runtimes: readonly Runtime[]): boolean =>
    runtimes.some((runtime) => (only ?? runtimes).includes(runtime) && !without.includes(runtime));
  const bundles = bundleBuilder(request, world);
  const settings = TRUST_VARIABLES.filter(({ runtimes }) => wanted(runtimes)).flatMap((variable) => {
    const bundle = bundles.build(variable);
    if (bundle === undefined) return [];
    const { name, effect, runtimes, readers } = variable;
    const { path, sources, certificates } = bundle;
    return [{ name, value: path, effect, runtimes, readers, sources, certificates }];
  });
  const wget = wanted(['wget']) ? wgetSetting(bundles.system, world) : undefined;
  const php = wanted(['php']) ? phpSetting(bundles.system, world) : undefined;
  bundles.throwFailures();
  const java = wanted(['java']) ? javaSetting(roots, world) : undefined;
  return [...settings, ...[wget, php, java].filter((setting) => setting !== undefined)];
}

interface BundleBuilder {
  /** `undefined` where there is no need of it, or where it cannot be made; the reason is kept. */
  build(variable: TrustVariable): MergedBundle | undefined;
  /** The system's roots with those of devca. */
  system(): MergedBundle | undefined;
  /** All that could not be read, in one error. */
  throwFailures(): void;
}

/** Reads each source once, and makes one bundle for all variables that have the same sources. */
function bundleBuilder({ roots, systemRoots = [] }: EnvironmentRequest, world: World): BundleBuilder {
  const readSources = new Map<string, ReadSource>();
  const bundles = new Map<string, MergedBundle>();
  const failures = new Map<string, RootsFailure>();
  let left = MOST_BYTES;
  const read = (source: RootSource): ReadSource => {
    const key = JSON.stringify(source);
    const known = readSources.get(key);
    if (known !== undefined) return known;
    const found = readOnce(source, systemRoots, world, left);
    for (const { bytes } of found.files) left -= bytes.length;
    readSources.set(key, found);
    return found;
  };
  const build = (
    find: () => readonly RootSource[] | undefined,
    variable?: string,
  ): MergedBundle | undefined => {
    let sources: readonly RootSource[] = [];
    try {
      const found = find();
      if (found === undefined) return undefined;
      sources = found;
      const key = JSON.stringify(sources);
      const made = bundles.get(key) ?? mergeBundle(sources.map(read), roots, world);
      bundles.set(key, made);
      return made;
    } catch (error) {
      if (!isDevcaError(error, 'DEVCA_RUNTIME_ROOTS')) throw error;
      for (const failure of error.context.failures) {
        const kind = sources.find(({ path }) => path === failure.path)?.kind;
        const isNamed =
          variable !== undefined && (kind === 'file' || kind === 'folder' || kind === 'inherited');
        const before = failures.get(failure.path)?.variables ?? [];
        const variables = [...before, ...failure.variables, ...(isNamed ? [variable] : [])];
        failures.set(failure.path, { ...failure, variables: [...new Set(variables)] });
      }
      return undefined;
    }
  };
  const own = (): RootSource => systemSource(systemRoots, world);
  return {
    system: () => build(() => [own()]),
    build: (variable) =>
      build(() => namedSources(variable, own, world) ?? sourcesElse(variable, own), variable.name),
    throwFailures: () => {
      if (failures.size > 0)
        throw new DevcaError('DEVCA_RUNTIME_ROOTS', { failures: [...failures.values()] });
    },
  };
}

/** What a variable names beside devca's roots where nobody has said so. */
function sourcesElse(
  { effect, onlyWhereNamed }: TrustVariable,
  system: () => RootSource,
): readonly RootSource[] | undefined {
  if (onlyWhereNamed === true) return undefined;
  return effect === 'adds' ? [] : [system()];
}

/** What stands for the file of a system that has none. */
const SYSTEM_ITSELF = 'the system';

function systemSource(systemRoots: readonly string[], world: World): RootSource {
  const path = systemBundle(world);
  if (path !== undefined) return { kind: 'system', path };
  if (systemRoots.length > 0) return { kind: 'system', path: SYSTEM_ITSELF };
  const [install, variables] = ['apt-get install ca-certificates', ['SSL_CERT_FILE']] as const;
  throw new DevcaError('DEVCA_RUNTIME_NO_SYSTEM_ROOTS', { install, variables });
}

function readOnce(
  source: RootSource,
  systemRoots: readonly string[],
  world: World,
  limit: number,
): ReadSource {
  if (source.kind !== 'system' || source.path !== SYSTEM_ITSELF) return readSource(source, world, limit);
  const bytes = Buffer.from(systemRoots.join('\n'), 'latin1');
  return { source, files: [{ path: source.path, bytes }] };
}
