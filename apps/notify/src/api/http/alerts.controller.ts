import {Controller, Inject, Res} from '@nestjs/common';
import {DomainError} from '@vitalvault/errors';
import {Serves, route} from '@vitalvault/http';
import type {RequestOf} from '@vitalvault/http';
import type {FastifyReply} from 'fastify';
import {FollowAlerts} from '../../application/follow-alerts.js';
import type {AlertQueue, Follower} from '../../application/ports.js';
import {ALERT_QUEUE, FOLLOWER} from '../../notify.tokens.js';
import {alertParams, alertsAnswer, alertsHeaders, alertsQuery, toAlertJson} from './alert.dto.js';
import {EventStreams} from './event-streams.js';
import {patientOf} from './patient.js';

const PAGE = 100;
const signedBy = 'the patient';

const listAlerts = route({
  method: 'get',
  path: '/v1/alerts',
  operationId: 'listAlerts',
  summary: 'Alerts after a number, oldest first, or a stream of them.',
  signedBy,
  query: alertsQuery,
  headers: alertsHeaders,
  answers: {
    200: {
      description: 'A page; or events named `alert` whose data is one alert and whose id is its `seq`.',
      json: alertsAnswer,
      bytes: ['text/event-stream'],
    },
  },
  errors: ['not-yours', 'quota-exceeded'],
});

const acknowledgeAlert = route({
  method: 'post',
  path: '/v1/alerts/{id}/ack',
  operationId: 'acknowledgeAlert',
  summary: 'She has read it.',
  signedBy,
  params: alertParams,
  answers: {204: {description: 'Noted.'}},
  errors: ['not-yours', 'not-found'],
});

@Controller()
export class AlertsController {
  constructor(
    @Inject(ALERT_QUEUE) private readonly queue: AlertQueue,
    @Inject(FOLLOWER) private readonly follower: Follower,
    private readonly follow: FollowAlerts,
    private readonly streams: EventStreams,
  ) {}

  /** A page, or with `Accept: text/event-stream` what is there and what comes. */
  @Serves(listAlerts)
  async list(
    {caller, query: {after = 0n, limit = PAGE}, headers}: RequestOf<typeof listAlerts>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const patient = patientOf(caller);
    // A list that lacks an alert says that nothing happened.
    this.follower.mustGoOn();
    const {accept = '', 'last-event-id': seen = after} = headers;
    if (accept.includes('text/event-stream')) {
      this.streams.open(reply, (signal) => this.follow.execute(patient, seen, signal));
      return;
    }
    const alerts = await this.queue.page({patient, after, limit, pushedOnly: false});
    await reply.send({alerts: alerts.map(toAlertJson), next: (alerts.at(-1)?.seq ?? after).toString()});
  }

  @Serves(acknowledgeAlert)
  async acknowledge({caller, params: {id}}: RequestOf<typeof acknowledgeAlert>): Promise<void> {
    if (!(await this.queue.acknowledge(patientOf(caller), id))) throw new DomainError('not-found');
  }
}
