import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { renewCrls } from '../../../src/authority/crl.ts';
import { type IssueRequest, issueCertificate } from '../../../src/authority/issue.ts';
import { DevcaError } from '../../../src/errors/devca-error.ts';
import { lockPath } from '../../../src/inventory/lock.ts';
import { findHook, type Hook } from '../../../src/lifecycle/hook.ts';
import { initialise } from '../../../src/lifecycle/init.ts';
import { type WatchEvent, type WatchOptions, watch } from '../../../src/lifecycle/watch.ts';
import type { WatchControl } from '../../../src/lifecycle/watch-control.ts';
import type { ExecOutcome } from '../../../src/platform/exec.ts';
import type { World } from '../../../src/platform/world.ts';
import { faultyFiles } from '../../support/faulty-files.ts';
import { scratchFolder, worldAt } from '../../support/scratch.ts';

const START = new Date('2026-11-24T12:00:00Z');
const [MINUTE, HOUR, DAY] = [60_000, 3_600_000, 86_400_000];

/** What happens while the watch waits: each step is one pause. */
type Step = (lab: { sleep: (ms: number) => void; stop: () => void; reload: () => void }) => void;

/** A home with an authority, and clocks that only the steps of a test move. */
async function set() {
  const folder = scratchFolder();
  const [home, work] = [join(folder, 'home'), join(folder, 'work')];
  mkdirSync(work);
  const real = worldAt(START.toISOString());
  const time = { wall: START.getTime(), monotonic: 0 };
  const runs: { args: readonly string[]; stdin: string }[] = [];
  const hookStatus: number[] = [];
  const world: World = {
    ...real,
    clock: { now: () => new Date(time.wall), monotonicMs: () => time.monotonic },
    exec: {
      find: () => '/usr/sbin/nginx',
      run: (program, args, options) => {
        runs.push({ args, stdin: String(options?.stdin) });
        const status = hookStatus.shift() ?? 0;
        const outcome: ExecOutcome = {
          program,
          args,
          status,
          signal: null,
          stdout: '',
          stderr: status === 0 ? '' : 'cannot reload',
          timedOut: false,
        };
        return Promise.resolve(outcome);
      },
    },
    system: { ...real.system, workingFolder: work },
  };
  await initialise({}, home, world);
  const events: WatchEvent[] = [];
  /** Whether a signal comes amid the work. */
  const lab: { isStoppedAfter?: (events: readonly WatchEvent[]) => boolean } = {};
  const run = (steps: readonly Step[], options: Partial<WatchOptions> = {}, changes: Partial<World> = {}) => {
    let stoppedBy: 'SIGTERM' | undefined;
    let wantsReload = false;
    const { isStoppedAfter } = lab;
    const left = [...steps];
    const control: WatchControl = {
      get stoppedBy() {
        return stoppedBy;
      },
      isStopped: async () => stoppedBy !== undefined || isStoppedAfter?.(events) === true,
      patienceEnds: new AbortController().signal,
      takeReload: () => {
        const wanted = wantsReload;
        wantsReload = false;
        return wanted;
      },
      pause: (ms) => {
        time.wall += ms;
        time.monotonic += ms;
        const step = left.shift();
        if (step === undefined) stoppedBy = 'SIGTERM';
        step?.({
          // A monotonic clock stands still while the machine sleeps.
          sleep: (asleepMs) => {
            time.wall += asleepMs;
          },
          stop: () => {
            stoppedBy = 'SIGTERM';
          },
          reload: () => {
            wantsReload = true;
          },
        });
        return Promise.resolve();
      },
    };
    return watch({ home, ...options }, control, (event) => events.push(event), { ...world, ...changes });
  };
  return {
    home,
    world,
    events,
    lab,
    runs,
    hookStatus,
    run,
    kinds: () => events.map(({ kind }) => kind),
    issue: (request: IssueRequest) => issueCertificate(request, { home }, world),
  };
}

const nothing: Step = () => {};
const hookIn = (world: World): Hook => findHook('nginx', ['-s', 'reload'], MINUTE, world);

describe('a watch', () => {
  it('renews what becomes due, at the look after it, and nothing before', async () => {
    const { issue, run, events, kinds } = await set();
    // A third of 12 hours is left after 8, five minutes of which were over when it was issued.
    await issue({ names: ['api.test'], lifeMs: 12 * HOUR });
    const minutesUntilDue = 8 * 60 - 5;
    await run(Array.from({ length: minutesUntilDue + 3 }, () => nothing));
    expect(kinds()).toEqual(['started', 'renewed', 'stopped']);
    const [, renewed] = events;
    const issued = renewed?.kind === 'renewed' ? renewed.issued : undefined;
    expect(issued?.notBefore.getTime()).toBeGreaterThanOrEqual(
      START.getTime() + (minutesUntilDue - 5) * MINUTE,
    );
    expect(issued?.notBefore.getTime()).toBeLessThanOrEqual(
      START.getTime() + (minutesUntilDue + 2 - 5) * MINUTE,
    );
  });

  it('catches up at the first look after the machine has slept, also with what ended meanwhile', async () => {
    const { issue, run, events, kinds } = await set();
    await issue({ names: ['api.test'], lifeMs: 12 * HOUR });
    await issue({ names: ['long.test'], days: 30 });
    await run([nothing, ({ sleep }) => sleep(3 * DAY), nothing]);
    expect(kinds()).toEqual(['started', 'clock-changed', 'renewed', 'stopped']);
    expect(events[1]).toMatchObject({ byMs: 3 * DAY });
    expect(events[2]).toMatchObject({ issued: { names: ['api.test'] } });
  });

  it('signs lists that end early again, for as many days, and calls the hook', async () => {
    const { home, world, run, events, kinds, runs } = await set();
    const out = join(home, '../work/crl.pem');
    await renewCrls({ days: 6, out }, { home }, world);
    const before = readFileSync(out, 'utf8');
    const later: Step = ({ sleep }) => sleep(3.9 * DAY);
    await run([later, ({ sleep }) => sleep(0.2 * DAY), nothing], { hook: hookIn(world) });
    expect(kinds()).toEqual([
      'started',
      'clock-changed',
      'clock-changed',
      'list-signed',
      'hook-run',
      'stopped',
    ]);
    const signed = events[3];
    expect(signed).toMatchObject({ list: { authority: 'default', revoked: 0 } });
    const at = START.getTime() + 4.1 * DAY;
    const { nextUpdate } = signed?.kind === 'list-signed' ? signed.list : { nextUpdate: new Date(0) };
    expect(Math.abs(nextUpdate.getTime() - at - 6 * DAY)).toBeLessThan(HOUR);
    expect(readFileSync(out, 'utf8')).not.toBe(before);
    expect(runs).toHaveLength(1);
  });

  it('tells of a list that cannot be signed, and tries again', async () => {
    const { home, world, run, events } = await set();
    await renewCrls({ days: 6 }, { home }, world);
    rmSync(join(home, 'keys'), { recursive: true });
    await run([({ sleep }) => sleep(5 * DAY), nothing]);
    const failed = events.filter(({ kind }) => kind === 'list-failed');
    expect(failed).toMatchObject([{ retryMs: MINUTE }, { retryMs: 2 * MINUTE }]);
  });

  it('is not put off by a clock that is set back', async () => {
    const { issue, run, kinds } = await set();
    await issue({ names: ['api.test'], lifeMs: 12 * HOUR });
    await run([({ sleep }) => sleep(-2 * DAY), nothing, ({ sleep }) => sleep(2 * DAY + 10 * HOUR), nothing]);
    expect(kinds()).toEqual(['started', 'clock-changed', 'clock-changed', 'renewed', 'stopped']);
  });

  it('calls the hook once for all that it has renewed, and tells it what', async () => {
    const { issue, run, kinds, runs, world } = await set();
    await issue({ names: ['a.test'], lifeMs: 12 * HOUR });
    await issue({ names: ['b.test'], lifeMs: 12 * HOUR });
    await run([({ sleep }) => sleep(10 * HOUR), nothing], { hook: hookIn(world) });
    expect(kinds()).toEqual(['started', 'clock-changed', 'renewed', 'renewed', 'hook-run', 'stopped']);
    expect(runs.map(({ args }) => args)).toEqual([['-s', 'reload']]);
    expect(JSON.parse(runs[0]?.stdin ?? '')).toMatchObject({
      schema: 1,
      renewed: [{ names: ['a.test'] }, { names: ['b.test'] }],
    });
  });

  it('calls a hook that fails again, ever more seldom, until it has gone well', async () => {
    const { issue, run, events, kinds, hookStatus, runs, world } = await set();
    await issue({ names: ['a.test'], lifeMs: 12 * HOUR });
    hookStatus.push(1, 1, 1);
    await run([({ sleep }) => sleep(10 * HOUR), ...Array.from({ length: 10 }, () => nothing)], {
      hook: hookIn(world),
    });
    expect(kinds().filter((kind) => kind.startsWith('hook'))).toEqual([
      'hook-failed',
      'hook-failed',
      'hook-failed',
      'hook-run',
    ]);
    expect(events.flatMap((event) => (event.kind === 'hook-failed' ? [event.retryMs] : []))).toEqual([
      MINUTE,
      2 * MINUTE,
      4 * MINUTE,
    ]);
    expect(JSON.parse(runs[3]?.stdin ?? '')).toMatchObject({ renewed: [{ names: ['a.test'] }] });
  });

  it('survives a full disk, and renews once there is room', async () => {
    const { issue, run, events, kinds, world } = await set();
    const { files } = await issue({ names: ['a.test'], lifeMs: 12 * HOUR });
    const before = readFileSync(files['cert'] ?? '');
    let isFull = true;
    const faulty = faultyFiles(world.files, 1, true).files;
    const disk = new Proxy(world.files, {
      get: (real, name) => Reflect.get(isFull ? faulty : real, name),
    });
    const steps: Step[] = [
      ({ sleep }) => sleep(10 * HOUR),
      nothing,
      () => {
        expect(readFileSync(files['cert'] ?? '')).toEqual(before);
        isFull = false;
      },
      nothing,
    ];
    await run(steps, {}, { files: disk });
    expect(kinds().filter((kind) => kind.startsWith('renew'))).toEqual([
      'renewal-failed',
      'renewal-failed',
      'renewed',
    ]);
    expect(events[2]).toMatchObject({ error: { code: 'DEVCA_FILE_DISK_FULL' }, retryMs: MINUTE });
  });

  it('survives a home that another process holds for long', async () => {
    const { issue, run, events, kinds, home, world } = await set();
    await issue({ names: ['a.test'], lifeMs: 12 * HOUR });
    let isHeld = true;
    const createExclusive: World['files']['createExclusive'] = (path, ...rest) => {
      if (isHeld && path === lockPath(home))
        throw new DevcaError('DEVCA_INVENTORY_LOCKED', { folder: home, holder: 'process 1', seconds: 2 });
      world.files.createExclusive(path, ...rest);
    };
    const release: Step = () => {
      isHeld = false;
    };
    const files = { ...world.files, createExclusive };
    await run([({ sleep }) => sleep(10 * HOUR), release, nothing], {}, { files });
    expect(kinds()).toEqual(['started', 'clock-changed', 'renewal-failed', 'renewed', 'stopped']);
    expect(events[2]).toMatchObject({ error: { code: 'DEVCA_INVENTORY_LOCKED' }, retryMs: MINUTE });
  });

  it('looks again at once when told to', async () => {
    const { issue, run, kinds } = await set();
    const { files } = await issue({ names: ['a.test'], lifeMs: 12 * HOUR });
    const key = readFileSync(files['key'] ?? '');
    rmSync(files['key'] ?? '');
    const mend: Step = ({ reload }) => {
      writeFileSync(files['key'] ?? '', key, { mode: 0o600 });
      reload();
    };
    await run([({ sleep }) => sleep(10 * HOUR), nothing, nothing, mend]);
    expect(kinds()).toEqual([
      'started',
      'clock-changed',
      'renewal-failed',
      'renewal-failed',
      'reloaded',
      'renewed',
      'stopped',
    ]);
  });

  it('says once that it leaves a certificate alone whose files are gone', async () => {
    const { issue, run, kinds } = await set();
    const { files } = await issue({ names: ['a.test'], lifeMs: 12 * HOUR });
    for (const path of Object.values(files)) rmSync(path);
    await run([({ sleep }) => sleep(10 * HOUR), nothing, nothing]);
    expect(kinds()).toEqual(['started', 'clock-changed', 'files-gone', 'stopped']);
  });

  it('looks once where that is asked for, and tells whether all went well', async () => {
    const { issue, run, kinds } = await set();
    const { files } = await issue({ names: ['a.test'], lifeMs: 12 * HOUR });
    expect(await run([], { once: true })).toBe(true);
    expect(await run([], { once: true, withinMs: DAY })).toBe(true);
    expect(kinds()).toEqual(['renewed']);
    rmSync(files['key'] ?? '');
    expect(await run([], { once: true, withinMs: DAY })).toBe(false);
  });

  it('renews what lives no longer than the time within which it is due once in its life, not at every look', async () => {
    const { issue, run, kinds } = await set();
    await issue({ names: ['short.test'], lifeMs: 12 * HOUR });
    await issue({ names: ['long.test'], days: 30 });
    await run([({ sleep }) => sleep(7 * HOUR), nothing], { withinMs: DAY });
    expect(kinds()).toEqual(['started', 'clock-changed', 'stopped']);
    await run([({ sleep }) => sleep(HOUR), nothing, nothing, nothing], { withinMs: DAY });
    expect(kinds().filter((kind) => kind === 'renewed')).toHaveLength(1);
  });

  it('ends between renewals when it is told to amid many, and calls the hook for what it has renewed', async () => {
    const { issue, run, kinds, lab, runs, world } = await set();
    for (let index = 0; index < 25; index++) await issue({ names: [`n${index}.test`], lifeMs: 12 * HOUR });
    lab.isStoppedAfter = (events) => events.some(({ kind }) => kind === 'renewed');
    await run([({ sleep }) => sleep(10 * HOUR)], { hook: hookIn(world) });
    expect(kinds().filter((kind) => kind === 'renewed')).toHaveLength(20);
    expect(runs).toHaveLength(1);
  });

  it('calls the hook for what an earlier watch has renewed, whose hook did not go well', async () => {
    const { issue, run, runs, hookStatus, world } = await set();
    await issue({ names: ['a.test'], lifeMs: 12 * HOUR });
    const hook = hookIn(world);
    await run([], { hook });
    expect(runs).toHaveLength(0);
    hookStatus.push(1);
    await run([({ sleep }) => sleep(10 * HOUR)], { hook });
    expect(runs).toHaveLength(1);
    await run([], { hook });
    expect(runs).toHaveLength(2);
    await run([], { hook });
    expect(runs).toHaveLength(2);
  });

  it('does not begin without an authority', async () => {
    const { run } = await set();
    await expect(run([], { home: join(scratchFolder(), 'none') })).rejects.toMatchObject({
      code: 'DEVCA_AUTHORITY_MISSING',
    });
  });
});
