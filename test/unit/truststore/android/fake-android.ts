import { decodePem, encodePem } from '../../../../src/pki/pem.ts';
import type { ExecOptions, ExecOutcome } from '../../../../src/platform/exec.ts';
import type { FakeMachine } from '../fake-machine.ts';

export interface FakeAndroid {
  readonly serial: string;
  /** As `adb devices` says it. */
  state: string;
  /** A line of `adb devices -l` behind the state. */
  readonly details: string;
  /** `user` with Google Play, `userdebug` without. */
  readonly build: 'user' | 'userdebug';
  readonly sdk: number;
  isRoot: boolean;
  hangs: boolean;
  /** Roots whose names begin with the hash that is asked for. */
  readonly files: Map<string, Uint8Array>;
}

export const emulator = (more: Partial<FakeAndroid> = {}): FakeAndroid => ({
  serial: 'emulator-5554',
  state: 'device',
  details: 'product:sdk_gphone64_x86_64 model:sdk_gphone64_x86_64 device:emu64xa transport_id:1',
  build: 'userdebug',
  sdk: 34,
  isRoot: false,
  hangs: false,
  files: new Map(),
  ...more,
});

/** adb with some devices, whose shell understands what devca says to it. */
export function installAdb(machine: FakeMachine, devices: readonly FakeAndroid[], hash: string): void {
  machine.programs.set('adb', (args, options) => {
    if (args[0] === 'devices') return { stdout: listing(devices) };
    const device = devices.find(({ serial }) => serial === args[1]);
    if (device === undefined) return { status: 1, stderr: `adb: device '${args[1]}' not found` };
    if (device.hangs) return { status: null, signal: 'SIGKILL', timedOut: true };
    return runOn(device, args.slice(2), options, hash);
  });
}

function listing(devices: readonly FakeAndroid[]): string {
  const lines = devices.map(({ serial, state, details }) => `${serial.padEnd(22)} ${state} ${details}`);
  return [
    '* daemon not running; starting now at tcp:5037',
    '* daemon started successfully',
    'List of devices attached',
    ...lines,
    '',
  ].join('\r\n');
}

function runOn(
  device: FakeAndroid,
  [command = '', ...words]: readonly string[],
  { stdin }: ExecOptions,
  hash: string,
): Partial<ExecOutcome> {
  if (command === 'root') {
    if (device.build === 'user') return { stdout: 'adbd cannot run as root in production builds\n' };
    device.isRoot = true;
    return { stdout: 'restarting adbd as root\n' };
  }
  if (command === 'wait-for-device') return {};
  const line = words.join(' ');
  if (line === 'getprop') {
    const isDebuggable = device.build === 'user' ? '0' : '1';
    return {
      stdout: `[ro.build.type]: [${device.build}]\r\n[ro.build.version.sdk]: [${device.sdk}]\r\n[ro.debuggable]: [${isDebuggable}]\r\n`,
    };
  }
  if (line === "tr -d '\\r' | sh") {
    if (!device.isRoot) return { status: 1, stderr: 'mount: Operation not permitted' };
    const pem = /-----BEGIN[^']+/.exec(String(stdin))?.[0] ?? '';
    const [block] = decodePem(pem, 'stdin');
    device.files.set(`${hash}.${device.files.size}`, block?.der ?? new Uint8Array());
    return {};
  }
  const removed = /^rm -f .*\/(\S+)$/.exec(line)?.[1];
  if (removed !== undefined) {
    device.files.delete(removed);
    return {};
  }
  const files = [...device.files].map(([name, der]) => `file: ${name}\n${encodePem('CERTIFICATE', der)}`);
  return { stdout: files.join('') };
}
