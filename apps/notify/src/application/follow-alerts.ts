import type {QueuedAlert} from '../domain/alert.js';
import type {AlertFeed} from './alert-feed.js';
import type {AlertQueue} from './ports.js';

/** `keep-alive`: nothing new for a while. */
export type FollowedAlert = QueuedAlert | 'keep-alive';

const PAGE = 100;

/**
 * A patient's pushed alerts after `after`, those that are there and those to come, each once and in order: the database
 * is asked from where this follower is, a wake-up only says when.
 */
export class FollowAlerts {
  constructor(
    private readonly options: {keepAliveMs: number},
    private readonly ports: {queue: AlertQueue; feed: AlertFeed},
  ) {}

  /** The place is taken when this returns. @throws DomainError `quota-exceeded` */
  execute(patient: string, after: bigint, signal: AbortSignal): AsyncGenerator<FollowedAlert> {
    const following = this.ports.feed.follow(patient);
    signal.addEventListener(
      'abort',
      () => {
        following.end();
      },
      {once: true},
    );
    return this.#run(following, {patient, after}, signal);
  }

  async *#run(
    following: ReturnType<AlertFeed['follow']>,
    from: {patient: string; after: bigint},
    signal: AbortSignal,
  ): AsyncGenerator<FollowedAlert> {
    let {after} = from;
    const stopped = (): boolean => signal.aborted;
    try {
      while (!stopped()) {
        // Before the question: an alert that comes while the answer is on its way changes it.
        const version = following.version();
        const alerts = await this.ports.queue.page({patient: from.patient, after, limit: PAGE, pushedOnly: true});
        for (const alert of alerts) {
          yield alert;
          after = alert.seq;
        }
        if (alerts.length === PAGE) continue;
        await following.changedSince(version, this.options.keepAliveMs, signal);
        if (!stopped() && following.version() === version) yield 'keep-alive';
      }
    } finally {
      following.end();
    }
  }
}
