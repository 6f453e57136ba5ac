import { DevcaError, isDevcaError } from '../../errors/devca-error.ts';
import { sha256Hex } from '../../pki/fingerprint.ts';
import { forShell } from '../../platform/escape.ts';
import { findRoots } from '../found-roots.ts';
import { installHint } from '../package-hint.ts';
import { commandError, type TrustSession } from '../session.ts';
import type { Step } from '../step.ts';
import type { TrustAnchor } from '../trust-anchor.ts';
import type { StoreFamily, StorePlan, StoreStatus, TrustStore } from '../trust-store.ts';
import { unsupportedStore } from '../unsupported-store.ts';
import { type AndroidDevice, askAdb, findAdb, hasEmulators, listDevices, propertiesOf } from './adb-tool.ts';
import {
  type CertificateFile,
  listingScript,
  overlayScript,
  parseListing,
  removalScript,
} from './system-certificates.ts';

/**
 * Android's system roots in emulators whose image lets `adb` become root. Phones, and images with Google Play, take a root
 * from their owner only.
 */
export const androidFamily: StoreFamily = {
  kind: 'android',
  detect: async (session, named) => {
    if (!named && !hasEmulators(session)) return [];
    const adb = findAdb(session);
    if (adb === undefined) return [withoutTool()];
    const devices = await listDevices(adb, session);
    if (devices.length > 0) return devices.map((device) => deviceStore(device, named));
    const detail = 'no emulator is running, and no device is attached';
    return [unsupportedStore({ id: 'android', name: 'Android', detail, fix: 'devca trust serve --lan' })];
  },
  named: (serial) =>
    /^[\w.:-]+$/.test(serial) ? deviceStore({ serial, state: 'device', model: undefined }, true) : undefined,
};

function withoutTool(): TrustStore {
  const fail = async (_: unknown, session: TrustSession): Promise<never> => {
    throw missing('android', session);
  };
  return { id: 'android', name: 'Android', status: fail, plan: fail };
}

function missing(store: string, session: TrustSession): DevcaError {
  const install = installHint('adb', session.world);
  return new DevcaError('DEVCA_TRUST_TOOL_MISSING', { store, tool: 'adb', install });
}

/** What a device is and holds; `refusal` is why devca can't change it. */
interface DeviceView {
  readonly adb: string;
  readonly refusal: StoreStatus | undefined;
  readonly files: readonly CertificateFile[];
}

/** Unless it is named, an emulator is left alone: to change it, adb has to become root in it, which ends what it is doing. */
function deviceStore({ serial, state, model }: AndroidDevice, isNamed: boolean): TrustStore {
  const id = `android:${serial}`;
  const isEmulator = serial.startsWith('emulator-');
  const name = `Android ${isEmulator ? 'emulator' : 'device'}${model === undefined ? '' : ` ${model.replaceAll('_', ' ')}`}`;
  const look = async (anchor: TrustAnchor, session: TrustSession): Promise<DeviceView> => {
    const adb = findAdb(session);
    if (adb === undefined) throw missing(id, session);
    if (!isEmulator) return { adb, files: [], refusal: BY_HAND };
    if (state !== 'device') throw unready(id, serial, `it is ${state}`);
    const { outcome, properties } = await propertiesOf(adb, serial, session);
    if (outcome.timedOut) throw commandError(outcome, id);
    if (outcome.status !== 0) throw unready(id, serial, outcome.stderr.trim() || 'it does not answer');
    if (properties.get('ro.debuggable') !== '1') return { adb, files: [], refusal: PRODUCTION };
    const listing = await askAdb(adb, ['-s', serial, 'shell', listingScript(anchor)], session);
    if (listing.timedOut) throw commandError(listing, id);
    return { adb, files: parseListing(listing.stdout), refusal: undefined };
  };
  return {
    id,
    name,
    status: async (anchor, session) => {
      const { files, refusal } = await look(anchor, session);
      const status = refusal ?? judge(id, files, anchor);
      return !isNamed && status.status === 'not-trusted' ? leftAlone(id) : status;
    },
    afterChange: () => 'apps that are running there see the change when they are started again',
    plan: async ({ anchor, action }, session) => {
      const view = await (action === 'uninstall'
        ? goneAsNothing(look(anchor, session))
        : look(anchor, session));
      if (view === undefined) return { steps: [], before: {} };
      const { adb, files, refusal } = view;
      if (refusal !== undefined) return { steps: [], before: {} };
      if (action === 'install' && !isNamed) return { steps: [], before: {} };
      return action === 'install'
        ? planInstall(adb, serial, anchor)
        : planUninstall(adb, serial, files, anchor);
    },
  };
}

const BY_HAND: StoreStatus = {
  status: 'unsupported',
  detail: 'a phone takes a root from its owner only, through a page with instructions',
  fix: 'devca trust serve --lan',
};

const PRODUCTION: StoreStatus = {
  status: 'unsupported',
  detail: 'an image with Google Play takes no system root: use one without it, or install the root by hand',
  fix: 'devca trust serve --lan',
};

/** What was laid over an image is gone with the emulator. */
async function goneAsNothing<T>(view: Promise<T>): Promise<T | undefined> {
  try {
    return await view;
  } catch (error) {
    if (isDevcaError(error, 'DEVCA_TRUST_DEVICE_UNREADY')) return undefined;
    throw error;
  }
}

const leftAlone = (id: string): StoreStatus => ({
  status: 'unsupported',
  detail: `changed only with "--store ${id}", since adb becomes root in it`,
  fix: '',
});

function unready(store: string, serial: string, detail: string): DevcaError {
  const fix = `run "adb -s ${forShell(serial)} wait-for-device", then the same command again`;
  return new DevcaError('DEVCA_TRUST_DEVICE_UNREADY', { store, detail, fix });
}

function judge(id: string, files: readonly CertificateFile[], anchor: TrustAnchor): StoreStatus {
  const fix = `devca trust install --store ${forShell(id)}`;
  const { hasAnchor, others } = findRoots(
    files.flatMap(({ certificates }) => certificates),
    anchor,
  );
  if (hasAnchor) return { status: 'trusted', detail: 'until the emulator is started anew', fix: '' };
  const [other] = others;
  if (other === undefined) return { status: 'not-trusted', detail: 'not among the system roots', fix };
  return { status: 'different-root', detail: `only "${other}" is among the system roots`, fix };
}

const step = (adb: string, serial: string, args: readonly string[], why: string): Step => ({
  kind: 'run',
  program: adb,
  args: ['-s', serial, ...args],
  needsRoot: false,
  why,
});

/** adb restarts on the device to become root, and is away for a moment. */
const becomeRoot = (adb: string, serial: string): readonly Step[] => [
  step(adb, serial, ['root'], 'become root in the emulator'),
  step(adb, serial, ['wait-for-device'], 'wait until it is back'),
];

function planInstall(adb: string, serial: string, anchor: TrustAnchor): StorePlan {
  // PowerShell ends with another line end what it passes on.
  const args = ['shell', "tr -d '\\r' | sh"];
  const overlay = step(adb, serial, args, 'lay the roots, with this one, over the image');
  const stdin = overlayScript(anchor);
  return { before: {}, steps: [...becomeRoot(adb, serial), { ...overlay, stdin } as Step] };
}

function planUninstall(
  adb: string,
  serial: string,
  files: readonly CertificateFile[],
  anchor: TrustAnchor,
): StorePlan {
  const own = files.filter(
    ({ certificates }) =>
      certificates.length > 0 && certificates.every((der) => sha256Hex(der) === anchor.sha256),
  );
  const removals = own.map(({ name }) =>
    step(adb, serial, ['shell', removalScript(name)], 'remove the root'),
  );
  return { before: {}, steps: removals.length === 0 ? [] : [...becomeRoot(adb, serial), ...removals] };
}
