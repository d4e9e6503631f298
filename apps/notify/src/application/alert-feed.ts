import {DomainError} from '@vitalvault/errors';

interface Follower {
  readonly patient: string;
  wake: () => void;
}

/** Wakes those who follow a patient's alerts when there are new ones; how many may follow is bounded. */
export class AlertFeed {
  readonly #followers = new Set<Follower>();
  readonly #versions = new Map<string, number>();

  constructor(private readonly limits: {followers: number; followersOfPatient: number}) {}

  get size(): number {
    return this.#followers.size;
  }

  wake(patients: Iterable<string>): void {
    for (const patient of new Set(patients)) {
      if (!this.#versions.has(patient)) continue;
      this.#versions.set(patient, (this.#versions.get(patient) ?? 0) + 1);
      for (const follower of this.#followers) if (follower.patient === patient) follower.wake();
    }
  }

  /** @throws DomainError `quota-exceeded` when too many follow already */
  follow(patient: string): Following {
    const own = [...this.#followers].filter((follower) => follower.patient === patient).length;
    if (this.#followers.size >= this.limits.followers || own >= this.limits.followersOfPatient) {
      throw new DomainError('quota-exceeded', {detail: 'Too many event streams are open.', retryAfterSeconds: 30});
    }
    const follower: Follower = {patient, wake: () => undefined};
    this.#followers.add(follower);
    if (!this.#versions.has(patient)) this.#versions.set(patient, 0);
    return {
      version: () => this.#versions.get(patient) ?? 0,
      changedSince: (version, timeoutMs, signal) =>
        new Promise((resolve) => {
          if (signal.aborted || (this.#versions.get(patient) ?? 0) !== version) {
            resolve();
            return;
          }
          const done = (): void => {
            clearTimeout(timer);
            signal.removeEventListener('abort', done);
            resolve();
          };
          const timer = setTimeout(done, timeoutMs);
          signal.addEventListener('abort', done, {once: true});
          follower.wake = done;
        }),
      end: () => {
        this.#followers.delete(follower);
        if (![...this.#followers].some((one) => one.patient === patient)) this.#versions.delete(patient);
      },
    };
  }
}

export interface Following {
  /** Changes with every wake. */
  version(): number;
  /** Resolves when the version is another one, after the time, or when aborted. */
  changedSince(version: number, timeoutMs: number, signal: AbortSignal): Promise<void>;
  end(): void;
}
