import {whenClosed} from '@vitalvault/http';
import type {Logger} from '@vitalvault/process';
import type {FastifyReply} from 'fastify';
import {once} from 'node:events';
import type {ServerResponse} from 'node:http';
import type {FollowedAlert} from '../../application/follow-alerts.js';
import {toAlertJson} from './alert.dto.js';

/**
 * Server-sent events. A reader that does not read is not written to: her stream waits, and ends when she stays away.
 */
export class EventStreams {
  readonly #open = new Set<AbortController>();

  constructor(private readonly options: {drainMs: number; logger: Logger}) {}

  /** @param follow begins to follow; a refusal is thrown before anything is answered. */
  open(reply: FastifyReply, follow: (signal: AbortSignal) => AsyncGenerator<FollowedAlert>): void {
    const {raw} = reply;
    const controller = new AbortController();
    const alerts = follow(controller.signal);
    reply.hijack();
    this.#open.add(controller);
    whenClosed(raw, () => controller.abort());
    raw.writeHead(200, {'content-type': 'text/event-stream', 'cache-control': 'no-store', 'x-accel-buffering': 'no'});
    void this.#pump(raw, alerts, controller);
  }

  /** Ends every stream: the process stops. A client comes back with Last-Event-ID. */
  closeAll(): void {
    for (const controller of this.#open) controller.abort();
  }

  async #pump(raw: ServerResponse, alerts: AsyncGenerator<FollowedAlert>, controller: AbortController): Promise<void> {
    try {
      raw.write(': vitalvault\n\n');
      for await (const alert of alerts) {
        if (controller.signal.aborted) break;
        const text =
          alert === 'keep-alive'
            ? ': keep-alive\n\n'
            : `id: ${alert.seq.toString()}\nevent: alert\ndata: ${JSON.stringify(toAlertJson(alert))}\n\n`;
        if (!raw.write(text))
          await once(raw, 'drain', {
            signal: AbortSignal.any([controller.signal, AbortSignal.timeout(this.options.drainMs)]),
          });
      }
    } catch (error) {
      if (!controller.signal.aborted) this.options.logger.warn('event stream ended', {error});
    } finally {
      this.#open.delete(controller);
      controller.abort();
      raw.end();
    }
  }
}
