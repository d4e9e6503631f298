import {beforeEach, describe, expect, it} from '@jest/globals';
import {restartOneByOne} from './restart-one-by-one.js';
import type {SinglePod, SinglePods} from './single-pods.js';

/** Pods that take some looks to end and to become ready again; it counts how many were away at once. */
class Release implements SinglePods {
  readonly ended: string[] = [];
  mostAway = 0;
  /** Looks until a new pod is ready. */
  looks = 3;
  /** Whether a pod of a revision can become ready. */
  works: (revision: string) => boolean = () => true;
  private readonly states = new Map<
    string,
    {wanted: string; uid: number; revision: string; ready: boolean; wait: number}
  >();

  constructor(
    readonly names: readonly string[],
    revisions: readonly string[],
    wanted: string,
  ) {
    names.forEach((name, i) =>
      this.states.set(name, {wanted, uid: i, revision: revisions[i] ?? '', ready: true, wait: 0}),
    );
  }

  breaks(name: string): void {
    this.of(name).ready = false;
  }

  look(name: string): Promise<SinglePod> {
    const state = this.of(name);
    if (state.wait > 0 && --state.wait === 0) state.ready = this.works(state.revision);
    return Promise.resolve({
      wanted: state.wanted,
      pod: {uid: String(state.uid), revision: state.revision, ready: state.ready},
    });
  }

  end(name: string, uid: string): Promise<void> {
    const state = this.of(name);
    if (String(state.uid) !== uid) return Promise.resolve();
    this.ended.push(name);
    this.states.set(name, {...state, uid: state.uid + 100, revision: state.wanted, ready: false, wait: this.looks});
    this.mostAway = Math.max(this.mostAway, [...this.states.values()].filter(({ready}) => !ready).length);
    return Promise.resolve();
  }

  private of(name: string) {
    const state = this.states.get(name);
    if (state === undefined) throw new Error(name);
    return state;
  }
}

const NAMES = ['v-0', 'v-1', 'v-2', 'v-3'];
let said: string[];
const run = (release: Release, timeoutSeconds = 5) =>
  restartOneByOne(release.names, release, {timeoutSeconds, pauseMs: 1, say: (line) => said.push(line)});

beforeEach(() => {
  said = [];
});

describe('restarting what an upgrade has changed', () => {
  it('never has two away', async () => {
    const release = new Release(NAMES, ['a', 'a', 'a', 'a'], 'b');
    await run(release);
    expect(release.ended).toEqual(NAMES);
    expect(release.mostAway).toBe(1);
  });

  it('leaves those alone that run the present template, and can be repeated', async () => {
    const release = new Release(NAMES, ['b', 'a', 'b', 'a'], 'b');
    await run(release);
    expect(release.ended).toEqual(['v-1', 'v-3']);
    await run(release);
    expect(release.ended).toHaveLength(2);
  });

  it('begins with those that are away anyhow, for the change may mend them', async () => {
    const release = new Release(NAMES, ['a', 'a', 'a', 'a'], 'b');
    release.works = (revision) => revision === 'b';
    release.breaks('v-2');
    release.breaks('v-3');
    await run(release);
    expect(release.ended).toEqual(['v-2', 'v-3', 'v-0', 'v-1']);
    expect(release.mostAway).toBe(2);
  });

  it('stops at the first one that does not become ready, with the others untouched', async () => {
    const release = new Release(NAMES, ['a', 'a', 'a', 'a'], 'b');
    release.works = () => false;
    await expect(run(release, 0)).rejects.toThrow('v-0 (its pod is not ready)');
    expect(release.ended).toEqual(['v-0']);
  });
});
