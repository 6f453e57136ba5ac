import { DevcaError } from '../../errors/devca-error.ts';
import { userHome } from '../../platform/paths.ts';
import { commandError, type TrustSession } from '../session.ts';

export const XCRUN = '/usr/bin/xcrun';
const XCODE_SELECT = '/usr/bin/xcode-select';

/** CoreSimulator's service may have to be started first. */
const ANSWER_TIMEOUT_MS = 15_000;

export interface Simulator {
  /** As simctl and its folder spell it. */
  readonly udid: string;
  readonly name: string;
  readonly isBooted: boolean;
  readonly dataFolder: string;
}

/** All that could be started. Throws DEVCA_TRUST_TOOL_MISSING without Xcode. */
export async function listSimulators(session: TrustSession): Promise<readonly Simulator[]> {
  const run = (program: string, args: readonly string[]) =>
    session.run({ program, args, needsRoot: false }, ANSWER_TIMEOUT_MS);
  const store = 'ios-simulator';
  const missing = (): DevcaError =>
    new DevcaError('DEVCA_TRUST_TOOL_MISSING', { store, tool: 'simctl', install: undefined });
  // xcrun would open a window that offers to install developer tools.
  const hasTools = session.world.exec.find(XCODE_SELECT) !== undefined;
  if (!hasTools || (await run(XCODE_SELECT, ['-p'])).status !== 0) throw missing();
  const outcome = await run(XCRUN, ['simctl', 'list', '-j', 'devices', 'available']);
  // 72: the tools are there without Xcode, and have no simctl.
  if (outcome.status === 72) throw missing();
  if (outcome.status !== 0) throw commandError(outcome, store);
  return parseDevices(outcome.stdout, session);
}

/** One that is not listed any more, for what has to be undone there. */
export const simulatorById = (udid: string, session: TrustSession): Simulator => ({
  udid,
  name: `simulator ${udid}`,
  isBooted: false,
  dataFolder: `${userHome(session.world.system)}/Library/Developer/CoreSimulator/Devices/${udid}/data`,
});

function parseDevices(text: string, session: TrustSession): readonly Simulator[] {
  const runtimes = Object.entries(objectOf(objectOf(parseJson(text))['devices']));
  return runtimes.flatMap(([runtime, devices]) =>
    Array.isArray(devices) ? devices.flatMap((device) => parseDevice(runtime, device, session)) : [],
  );
}

function parseDevice(runtime: string, value: unknown, session: TrustSession): readonly Simulator[] {
  const { udid, name, state, dataPath, isAvailable } = objectOf(value);
  if (typeof udid !== 'string' || typeof name !== 'string' || isAvailable === false) return [];
  const usual = simulatorById(udid, session);
  const dataFolder = typeof dataPath === 'string' && dataPath.startsWith('/') ? dataPath : usual.dataFolder;
  const system = runtime
    .replace(/^.*SimRuntime\./, '')
    .replace('-', ' ')
    .replaceAll('-', '.');
  return [{ udid, name: `${name} (${system})`, isBooted: state === 'Booted', dataFolder }];
}

function objectOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
