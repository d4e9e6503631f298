import {createLogger} from '@vitalvault/process';
import type {FastifyReply} from 'fastify';
import {IncomingMessage, ServerResponse} from 'node:http';
import {Socket} from 'node:net';
import type {FollowedAlert} from '../../application/follow-alerts.js';
import {EventStreams} from './event-streams.js';

/** Opens a stream on which nothing comes. @returns whether its follower is told to end */
function opened(raw: ServerResponse): AbortSignal {
  const streams = new EventStreams({drainMs: 10, logger: createLogger({service: 'spec', level: 'fatal'})});
  const told: AbortSignal[] = [];
  streams.open({raw, hijack: () => undefined} as unknown as FastifyReply, (signal) => {
    told.push(signal);
    return nothing(signal);
  });
  return told[0] as AbortSignal;
}

async function* nothing(signal: AbortSignal): AsyncGenerator<FollowedAlert> {
  while (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve, {once: true}));
  yield* [];
}

describe('EventStreams', () => {
  it('ends when its reader goes, and has no place for one who went before it began', () => {
    const [here, gone] = [0, 1].map(() => new ServerResponse(new IncomingMessage(new Socket())));
    gone?.destroy();
    const [stays, ends] = [opened(here as ServerResponse), opened(gone as ServerResponse)];
    expect([stays.aborted, ends.aborted]).toEqual([false, true]);
    here?.emit('close');
    expect(stays.aborted).toBe(true);
  });
});
