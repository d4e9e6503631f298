import {Controller, Get, HttpCode, Inject, Post, Req, Res, UseGuards} from '@nestjs/common';
import {DomainError} from '@vitalvault/errors';
import {RequestSignatureGuard, SignedBy, ZodParams, ZodQuery} from '@vitalvault/http';
import type {Caller} from '@vitalvault/http';
import type {FastifyReply, FastifyRequest} from 'fastify';
import {FollowAlerts} from '../../application/follow-alerts.js';
import type {AlertQueue} from '../../application/ports.js';
import {ALERT_QUEUE} from '../../notify.tokens.js';
import {alertParams, alertsQuery, lastEventId, toAlertJson} from './alert.dto.js';
import type {AlertParams, AlertsQuery} from './alert.dto.js';
import {EventStreams} from './event-streams.js';
import {patientOf} from './patient.js';

const PAGE = 100;

@Controller('v1/alerts')
@UseGuards(RequestSignatureGuard)
export class AlertsController {
  constructor(
    @Inject(ALERT_QUEUE) private readonly queue: AlertQueue,
    private readonly follow: FollowAlerts,
    private readonly streams: EventStreams,
  ) {}

  /** A page, or with `Accept: text/event-stream` what is there and what comes. */
  @Get()
  async list(
    @SignedBy() caller: Caller,
    @ZodQuery(alertsQuery) query: AlertsQuery,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const patient = patientOf(caller);
    const after = query.after ?? 0n;
    const seen = lastEventOf(request);
    if ((request.headers.accept ?? '').includes('text/event-stream')) {
      this.streams.open(reply, (signal) => this.follow.execute(patient, seen ?? after, signal));
      return;
    }
    const alerts = await this.queue.page({patient, after, limit: query.limit ?? PAGE, pushedOnly: false});
    await reply.send({alerts: alerts.map(toAlertJson), next: (alerts.at(-1)?.seq ?? after).toString()});
  }

  @Post(':id/ack')
  @HttpCode(204)
  async acknowledge(@SignedBy() caller: Caller, @ZodParams(alertParams) {id}: AlertParams): Promise<void> {
    if (!(await this.queue.acknowledge(patientOf(caller), id))) throw new DomainError('not-found');
  }
}

function lastEventOf(request: FastifyRequest): bigint | undefined {
  const given = request.headers['last-event-id'];
  if (given === undefined) return undefined;
  const read = lastEventId.safeParse(given);
  if (!read.success) throw new DomainError('invalid-field', {detail: 'last-event-id: not a sequence number'});
  return read.data;
}
