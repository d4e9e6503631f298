import type {Caller, RawBodyRequest} from '@vitalvault/http';
import type {FastifyReply, FastifyRequest} from 'fastify';
import {IncomingMessage, ServerResponse} from 'node:http';
import {Socket} from 'node:net';
import type {ReleaseAsk, ReleaseRecords} from '../../application/release-records.js';
import {ReleasesController} from './releases.controller.js';

/** What the release is told of the connection that waits. */
async function closedOf(raw: ServerResponse, url = '/v1/releases'): Promise<AbortSignal> {
  const asked = Promise.withResolvers<AbortSignal>();
  const execute = ({closed}: ReleaseAsk): Promise<Uint8Array> => {
    asked.resolve(closed);
    return Promise.resolve(new Uint8Array());
  };
  await new ReleasesController({execute} as unknown as ReleaseRecords).post(
    {caller: {identity: 'bb'.repeat(20)} as Caller, body: {txId: 'aa'.repeat(32)}},
    {method: 'POST', headers: {}, raw: {url}} as unknown as FastifyRequest & RawBodyRequest,
    {raw} as FastifyReply,
  );
  return asked.promise;
}

describe('ReleasesController', () => {
  it('tells the release when its answer has left', async () => {
    const answer = new ServerResponse(new IncomingMessage(new Socket()));
    const closed = await closedOf(answer);
    expect(closed.aborted).toBe(false);
    answer.emit('close');
    expect(closed.aborted).toBe(true);
  });

  it.each(['/v1/releases?', '/v1/releases?x=1', '/v1/%72eleases'])(
    '%s: is told what to send, before any work: policy takes no signature over it',
    async (url) => {
      const answer = new ServerResponse(new IncomingMessage(new Socket()));
      await expect(closedOf(answer, url)).rejects.toMatchObject({
        code: 'invalid-field',
        detail: expect.stringContaining('send it to /v1/releases') as string,
      });
    },
  );

  it('a reader who went while her signature was looked at is known to be gone', async () => {
    const answer = new ServerResponse(new IncomingMessage(new Socket()));
    answer.destroy();
    expect((await closedOf(answer)).aborted).toBe(true);
  });
});
