import {Session} from 'node:inspector/promises';
import {hotFunctions} from './hot-functions.js';
import type {CpuProfile} from './hot-functions.js';
import type {Fact} from './row.js';

const SAMPLING_MICROSECONDS = 200;

/** Profiles the samples of each arm, and nothing of what is between them. */
export class ArmProfiler {
  private readonly session = new Session();
  private readonly profiles = new Map<string, CpuProfile[]>();
  private ready: Promise<void> | undefined;

  async around(arm: string, work: () => Promise<number>): Promise<number> {
    await (this.ready ??= this.begin());
    await this.session.post('Profiler.start');
    try {
      return await work();
    } finally {
      const {profile} = await this.session.post('Profiler.stop');
      this.profiles.set(arm, [...(this.profiles.get(arm) ?? []), profile]);
    }
  }

  /** Two for each arm: functions by what they take themselves, and with all that they call. */
  facts(count: number): Fact[] {
    return [...this.profiles].flatMap(([arm, profiles]) =>
      (['self', 'total'] as const).map((of) => ({
        title: `profile of ${arm}, ${of}`,
        value: hotFunctions(profiles, count, of)
          .map(({name, share}) => `${(share * 100).toFixed(1)} % ${name}`)
          .join(' · '),
      })),
    );
  }

  private async begin(): Promise<void> {
    this.session.connect();
    await this.session.post('Profiler.enable');
    await this.session.post('Profiler.setSamplingInterval', {interval: SAMPLING_MICROSECONDS});
  }
}
