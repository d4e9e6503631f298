import {Controller, Header, Inject, Req, Res} from '@nestjs/common';
import {DomainError} from '@vitalvault/errors';
import {Serves, hexText, route, whenClosed} from '@vitalvault/http';
import type {RawBodyRequest, RequestOf} from '@vitalvault/http';
import type {FastifyReply, FastifyRequest} from 'fastify';
import {z} from 'zod';
import {ReleaseRecords} from '../../application/release-records.js';
import {PAGE_NAME} from '../../domain/place-in-release.js';
import {signedRequestBytes} from './signed-request.js';

const releaseRecords = route({
  method: 'post',
  path: '/v1/releases',
  operationId: 'releaseRecords',
  summary: 'Hands out a page of what a committed decision permits: log before key (docs/protocol.md §7).',
  signedBy: 'the reader of the access request, by her current key',
  body: {
    json: z.strictObject({
      txId: hexText(32).describe('Transaction of the access request.'),
      page: z.string().regex(PAGE_NAME).optional().describe('`nextPage` of the page before; left out: the first.'),
    }),
  },
  answers: {
    200: {
      description: 'ReleasePage: sealed keys and ciphertexts.',
      bytes: ['application/vnd.vitalvault.release.v1+protobuf'],
    },
  },
  errors: [
    'not-yours',
    'access-refused',
    'permit-ended',
    'tx-not-found',
    'release-mismatch',
    'release-limit',
    'quota-exceeded',
    'record-lost',
    'behind',
    'not-verified',
    'ipfs-unavailable',
    'policy-unavailable',
    'notify-unavailable',
    'ledger-unavailable',
    'busy',
    'shutting-down',
  ],
});

/** For 16 MiB that is 93 kB/s: who is slower holds memory that others wait for. */
const LONGEST_MS = 180_000;

/** policy, which is handed the request, takes a signature over this target and no other. */
function mustBeAsWritten({raw: {url}}: FastifyRequest): void {
  if (url !== releaseRecords.path)
    throw new DomainError('invalid-field', {
      detail: `query: sign and send it to ${releaseRecords.path}, written so and without a query; the page is in the body`,
    });
}

/** Aborted when the answer was sent, or the connection broke. */
function closedOf({raw}: FastifyReply): AbortSignal {
  const closed = new AbortController();
  const late = setTimeout(() => raw.destroy(), LONGEST_MS).unref();
  whenClosed(raw, () => {
    clearTimeout(late);
    closed.abort();
  });
  return closed.signal;
}

/** Hands out what a committed decision permits, a page at a time. */
@Controller()
export class ReleasesController {
  constructor(@Inject(ReleaseRecords) private readonly release: ReleaseRecords) {}

  @Serves(releaseRecords)
  @Header('cache-control', 'no-store')
  async post(
    {caller, body: {txId, page}}: RequestOf<typeof releaseRecords>,
    @Req() request: FastifyRequest & RawBodyRequest,
    @Res({passthrough: true}) reply: FastifyReply,
  ): Promise<Uint8Array> {
    mustBeAsWritten(request);
    const [signedRequest, closed] = [signedRequestBytes(request), closedOf(reply)];
    return this.release.execute({txId, page, caller: caller.identity, signedRequest, closed});
  }
}
