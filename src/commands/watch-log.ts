import { describeSpan } from '../cli/duration.ts';
import type { Output } from '../cli/output.ts';
import type { HookOutcome } from '../lifecycle/hook.ts';
import type { WatchEvent } from '../lifecycle/watch.ts';
import { forTerminal } from '../platform/escape.ts';
import type { World } from '../platform/world.ts';
import { labelOf, renewedEntry } from './renewal.ts';

/** The log of a watch on standard output: one line for each event, as text or as JSON. */
export function watchLog(output: Output, world: World): (event: WatchEvent) => void {
  return (event) => {
    const at = world.clock.now().toISOString();
    const isTrouble = TROUBLE.includes(event.kind);
    if (output.quiet && !output.json && !isTrouble) return;
    const line = output.json
      ? JSON.stringify({ schema: 1, at, event: event.kind, ...documentOf(event) })
      : `${at.slice(0, 19)}Z ${forTerminal(textOf(event))}`;
    try {
      output.raw(`${line}\n`);
    } catch {
      // The log is on a disk that is full: no reason to renew nothing any more.
    }
  };
}

const TROUBLE: readonly WatchEvent['kind'][] = [
  'warning',
  'renewal-failed',
  'check-failed',
  'list-failed',
  'hook-failed',
];

function documentOf(event: WatchEvent): object {
  switch (event.kind) {
    case 'started':
      return { home: event.home, pollSeconds: event.pollMs / 1000 };
    case 'renewed':
      return renewedEntry(event.issued);
    case 'warning':
      return { message: event.message };
    case 'recovered': {
      const { undone, completed, problems } = event.recovery;
      return {
        undone,
        completed,
        problems: problems.map(({ code, message, hints }) => ({ code, message, hints })),
      };
    }
    case 'renewal-failed':
    case 'check-failed': {
      const { code, message, hints } = event.error;
      const record =
        event.kind === 'check-failed' ? {} : { serial: event.record.serialNumber, names: event.record.names };
      return { ...record, error: { code, message, hints }, retrySeconds: event.retryMs / 1000 };
    }
    case 'list-signed': {
      const { authority, generation, number, nextUpdate } = event.list;
      return { authority, generation, number, nextUpdate: nextUpdate.toISOString(), files: event.files };
    }
    case 'list-failed': {
      const { code, message, hints } = event.error;
      return {
        authority: event.authority,
        error: { code, message, hints },
        retrySeconds: event.retryMs / 1000,
      };
    }
    case 'files-gone':
      return { serial: event.record.serialNumber, names: event.record.names };
    case 'hook-run':
      return { hook: event.outcome };
    case 'hook-failed':
      return { hook: event.outcome, retrySeconds: event.retryMs / 1000 };
    case 'clock-changed':
      return { bySeconds: Math.round(event.byMs / 1000) };
    case 'stopped':
      return { signal: event.signal };
    default:
      return {};
  }
}

function textOf(event: WatchEvent): string {
  switch (event.kind) {
    case 'started':
      return `watching ${event.home}, every ${event.pollMs / 1000} s`;
    case 'renewed': {
      const { names, subject, notAfter, serialNumber } = event.issued;
      return `renewed ${names.join(', ') || subject} (${serialNumber}) until ${notAfter.toISOString().slice(0, 19)}Z`;
    }
    case 'warning':
      return `warning: ${event.message}`;
    case 'recovered': {
      const { undone, completed, problems } = event.recovery;
      const done = [
        ...undone.map((path) => `undid ${path}`),
        ...completed.map((path) => `completed ${path}`),
      ];
      const wrong = problems.map(({ message, code }) => `${message} [${code}]`);
      return `an interrupted run: ${[...done, ...wrong].join('; ')}`;
    }
    case 'renewal-failed':
      return `cannot renew ${labelOf(event.record)}: ${reasonOf(event)}`;
    case 'check-failed':
      return `cannot look for what is due: ${reasonOf(event)}`;
    case 'list-signed':
      return `signed the revocation list ${event.list.number} of ${event.list.authority} until ${event.list.nextUpdate.toISOString().slice(0, 19)}Z`;
    case 'list-failed':
      return `cannot sign the revocation list of ${event.authority}: ${reasonOf(event)}`;
    case 'files-gone':
      return `leaving ${labelOf(event.record)} alone: its files are gone`;
    case 'hook-run':
      return `ran ${event.outcome.program} (${event.outcome.seconds} s)`;
    case 'hook-failed':
      return `the hook ${hookText(event.outcome)}; next try in ${spanOf(event.retryMs)}`;
    case 'clock-changed':
      return `the clock went ${event.byMs > 0 ? 'on' : 'back'} by ${spanOf(Math.abs(event.byMs))}: looking at everything again`;
    case 'reloaded':
      return 'told to look at everything again';
    case 'stopped':
      return `ended by ${event.signal}`;
  }
}

const reasonOf = ({
  error,
  retryMs,
}: Extract<WatchEvent, { kind: 'renewal-failed' | 'check-failed' | 'list-failed' }>): string =>
  `${error.message} [${error.code}]; ${error.hints[0] ?? ''}; next try in ${spanOf(retryMs)}`;

const hookText = ({ program, outcome, stderr }: HookOutcome): string =>
  `${program} ${outcome}${stderr === '' ? '' : `: ${stderr}`}`;

const spanOf = (ms: number): string => (ms < 120_000 ? `${Math.round(ms / 1000)} s` : describeSpan(ms));
