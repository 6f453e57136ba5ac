import { expect, it } from '@jest/globals';
import { systemFiles } from '../../../src/platform/files.ts';
import { installTrust, trustStatus, uninstallTrust } from '../../../src/truststore/trust.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { testWorld } from '../../support/test-world.ts';
import { describeWith } from '../../support/tools.ts';
import { newAnchor } from '../../support/trust-lab.ts';
import { type EmulatedImage, emulateImage } from './emulated-image.ts';

const anchor = newAnchor('android');
const only = { stores: ['android:emulator-5554'] };
const GETPROP = '[ro.build.type]: [userdebug]\n[ro.debuggable]: [1]\n';

/** A world whose adb leads into the image. */
function worldWith(image: EmulatedImage) {
  const world = testWorld({ home: scratchFolder() });
  const adb = async (words: readonly string[], stdin: string) => {
    if (words[0] !== 'shell') return { status: 0, output: '' };
    const command = words.slice(1).join(' ');
    return command === 'getprop' ? { status: 0, output: GETPROP } : image.shell(command, stdin);
  };
  return {
    ...world,
    files: systemFiles,
    exec: {
      find: (program: string) => (program === 'adb' ? '/usr/bin/adb' : undefined),
      run: async (
        program: string,
        args: readonly string[],
        options: { stdin?: string | Uint8Array } = {},
      ) => {
        const listing = 'List of devices attached\nemulator-5554 device\n';
        const { status, output } =
          args[0] === 'devices'
            ? { status: 0, output: listing }
            : await adb(args.slice(2), String(options.stdin ?? ''));
        const rest = { program, args, signal: null, timedOut: false };
        return { ...rest, status, stdout: output, stderr: status === 0 ? '' : output };
      },
    },
  };
}

describeWith(['mksh', 'toybox', 'unshare'], "Android's shell and tools", () => {
  it.each([
    ['folder', '/system/etc/security/cacerts', 'root'],
    ['image', '/apex/com.android.conscrypt/cacerts', 'image'],
  ] as const)(
    'lay the root over the %s, where apps see it beside all others, and take it away',
    async (layout, folder, word) => {
      await using image = await emulateImage(layout);
      const world = worldWith(image);
      const others = [
        '00000001.0',
        '00000002.0',
        '00000003.0',
        `${word} 1`,
        `${word} 2`,
        `${word} 3`,
        '',
      ].join('\n');
      expect(await image.appView(folder)).toBe(others);
      expect((await installTrust(anchor, only, world))[0]).toMatchObject({
        status: 'trusted',
        changed: true,
      });
      expect((await installTrust(anchor, only, world))[0]).toMatchObject({ changed: false });
      expect(await image.appView(folder)).toContain('53ef3a55.0\n');
      const second = newAnchor('android');
      expect((await installTrust(second, only, world))[0]).toMatchObject({
        status: 'trusted',
        changed: true,
      });
      expect((await uninstallTrust(anchor, only, world))[0]).toMatchObject({
        status: 'different-root',
        changed: true,
      });
      expect((await trustStatus(second, only, world))[0]).toMatchObject({ status: 'trusted' });
      expect((await uninstallTrust(second, only, world))[0]).toMatchObject({ status: 'not-trusted' });
      expect(await image.appView(folder)).toBe(others);
    },
  );
});
