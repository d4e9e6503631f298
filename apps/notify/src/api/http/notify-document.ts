import {openApiDocument} from '@vitalvault/http';
import type {Route} from '@vitalvault/http';
import {alertParams, alertsAnswer, alertsHeaders, alertsQuery} from './alert.dto.js';
import {channelsBody, rulesBody} from './preferences.dto.js';

const signedBy = 'the patient';

const routes: readonly Route[] = [
  {
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
  },
  {
    method: 'post',
    path: '/v1/alerts/{id}/ack',
    operationId: 'acknowledgeAlert',
    summary: 'She has read it.',
    signedBy,
    params: alertParams,
    answers: {204: {description: 'Noted.'}},
    errors: ['not-yours', 'not-found'],
  },
  {
    method: 'get',
    path: '/v1/channels',
    operationId: 'getChannels',
    summary: 'Where her alerts are delivered.',
    signedBy,
    answers: {200: {description: 'Her webhooks.', json: channelsBody}},
    errors: ['not-yours'],
  },
  {
    method: 'put',
    path: '/v1/channels',
    operationId: 'putChannels',
    summary: 'Replaces her webhooks.',
    signedBy,
    body: {json: channelsBody},
    answers: {200: {description: 'As they are now.', json: channelsBody}},
    errors: ['not-yours'],
  },
  {
    method: 'get',
    path: '/v1/rules',
    operationId: 'getRules',
    summary: 'Which alerts are delivered and which are only kept.',
    signedBy,
    answers: {200: {description: 'Her rules.', json: rulesBody}},
    errors: ['not-yours'],
  },
  {
    method: 'put',
    path: '/v1/rules',
    operationId: 'putRules',
    summary: 'Replaces her rules.',
    signedBy,
    body: {json: rulesBody},
    answers: {200: {description: 'As they are now.', json: rulesBody}},
    errors: ['not-yours'],
  },
];

export const notifyDocument = openApiDocument({
  title: 'VitalVault notify',
  description: 'Tells patients who asked, who read and who was refused (docs/protocol.md §8).',
  routes,
});
