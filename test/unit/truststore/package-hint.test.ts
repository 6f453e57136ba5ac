import { describe, expect, it } from '@jest/globals';
import { installHint } from '../../../src/truststore/package-hint.ts';
import { scratchFolder } from '../../support/scratch.ts';
import { fakeMachine } from './fake-machine.ts';

const hint = (tool: string, programs: readonly string[], uid = 1000): string | undefined => {
  const { world, programs: known } = fakeMachine({ folder: scratchFolder(), system: { uid } });
  for (const program of programs) known.set(program, () => ({}));
  return installHint(tool, world);
};

describe('installHint', () => {
  it.each([
    ['certutil', 'apt-get', 'sudo apt-get install -y libnss3-tools'],
    ['certutil', 'zypper', 'sudo zypper install -y mozilla-nss-tools'],
    ['trust', 'dnf', 'sudo dnf install -y p11-kit-trust'],
    ['openssl', 'apk', 'sudo apk add openssl'],
    ['update-ca-trust', 'pacman', 'sudo pacman -S --noconfirm ca-certificates-utils'],
    ['update-ca-certificates', 'xbps-install', 'sudo xbps-install -Sy ca-certificates'],
    ['update-ca-certificates', 'emerge', 'sudo emerge --noreplace app-misc/ca-certificates'],
    ['keytool', 'pkg', 'sudo pkg install -y openjdk21'],
    ['certutil', 'nix-env', 'nix-env -iA nixos.nssTools'],
    ['certutil', 'brew', 'brew install nss'],
  ])('says how to get %s by %s', (tool, manager, command) => {
    expect(hint(tool, [manager, 'sudo'])).toBe(command);
  });

  it('knows systems that are changed as a whole by their own program', () => {
    expect(hint('certutil', ['dnf', 'rpm-ostree'])).toBe('sudo rpm-ostree install --apply-live nss-tools');
    expect(hint('certutil', ['zypper', 'transactional-update'])).toBe(
      'sudo transactional-update pkg install mozilla-nss-tools',
    );
  });

  it('leaves sudo out for root, and takes doas where that is there instead', () => {
    expect(hint('openssl', ['apk'], 0)).toBe('apk add openssl');
    expect(hint('openssl', ['apk', 'doas'])).toBe('doas apk add openssl');
    expect(hint('openssl', ['apk', 'doas', 'sudo'])).toBe('sudo apk add openssl');
  });

  it('is silent where it does not know', () => {
    expect(hint('certutil', [])).toBeUndefined();
    expect(hint('certctl', ['pkg'])).toBeUndefined();
  });
});
