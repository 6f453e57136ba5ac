import type { TrustSession } from '../session.ts';

/** Chromium and what is made of it. */
export interface ChromiumBrowser {
  readonly name: string;
  readonly programs: readonly string[];
  /** Where it keeps its profiles, below the configuration folder. */
  readonly config: readonly string[];
  /** Where it looks for policies on Linux; undefined where that is not known. */
  readonly policies?: string;
  /** The same for its snap. */
  readonly snapPolicies?: string;
}

export const CHROMIUM_BROWSERS: readonly ChromiumBrowser[] = [
  {
    name: 'Chromium',
    programs: ['chromium', 'chromium-browser', 'ungoogled-chromium'],
    config: ['chromium'],
    policies: '/etc/chromium/policies/managed',
    snapPolicies: '/etc/chromium-browser/policies/managed',
  },
  {
    name: 'Google Chrome',
    programs: ['google-chrome', 'google-chrome-stable', 'google-chrome-beta', 'google-chrome-unstable'],
    config: ['google-chrome', 'google-chrome-beta', 'google-chrome-unstable'],
    policies: '/etc/opt/chrome/policies/managed',
  },
  {
    name: 'Microsoft Edge',
    programs: ['microsoft-edge', 'microsoft-edge-stable', 'microsoft-edge-beta', 'microsoft-edge-dev'],
    config: ['microsoft-edge', 'microsoft-edge-beta', 'microsoft-edge-dev'],
    policies: '/etc/opt/edge/policies/managed',
  },
  {
    name: 'Brave',
    programs: ['brave-browser', 'brave-browser-stable', 'brave-browser-beta', 'brave'],
    config: ['BraveSoftware/Brave-Browser', 'BraveSoftware/Brave-Browser-Beta'],
    policies: '/etc/brave/policies/managed',
  },
  {
    name: 'Vivaldi',
    programs: ['vivaldi', 'vivaldi-stable', 'vivaldi-snapshot'],
    config: ['vivaldi', 'vivaldi-snapshot'],
  },
  { name: 'Opera', programs: ['opera', 'opera-beta', 'opera-developer'], config: ['opera', 'opera-beta'] },
];

export const installedBrowsers = ({ world }: TrustSession): readonly ChromiumBrowser[] =>
  CHROMIUM_BROWSERS.filter(({ programs }) =>
    programs.some((program) => world.exec.find(program) !== undefined),
  );
