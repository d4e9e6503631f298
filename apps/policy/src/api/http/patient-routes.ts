import type {ErrorCode} from '@vitalvault/errors';
import type {Route} from '@vitalvault/http';
import {atLeastQuery, grantPath, leafPath, logPath, logQuery, patientPath} from './path.dto.js';
import {LEDGER_AWAY} from './ledger-routes.js';
import {proofsAnswer} from './proofs-answer.js';
import {devicesAnswer, explanationAnswer, grantsAnswer} from './rights-answer.js';
import {WRAPS} from './wraps.controller.js';

const signedBy = 'the patient';
const OWN: readonly ErrorCode[] = ['not-yours', 'behind'];

/** What a patient sees of herself, and the keys that she leaves for her grantees. */
export const patientRoutes: readonly Route[] = [
  {
    method: 'get',
    path: '/v1/patients/{patient}/{log}',
    operationId: 'getLog',
    summary: 'A page of her access log or record log, with the proof of its head.',
    signedBy,
    params: logPath,
    query: logQuery,
    answers: {
      200: {description: 'Not verified: she verifies it from the genesis (docs/protocol.md §5.2).', json: proofsAnswer},
    },
    errors: ['not-yours', ...LEDGER_AWAY],
  },
  {
    method: 'get',
    path: '/v1/patients/{patient}/grants',
    operationId: 'listGrants',
    summary: 'Her grants, the newest version of each.',
    signedBy,
    params: patientPath,
    query: atLeastQuery,
    answers: {200: {description: 'From the projection.', json: grantsAnswer}},
    errors: OWN,
  },
  {
    method: 'get',
    path: '/v1/patients/{patient}/devices',
    operationId: 'listDevices',
    summary: 'Registrations of her devices.',
    signedBy,
    params: patientPath,
    query: atLeastQuery,
    answers: {200: {description: 'From the projection.', json: devicesAnswer}},
    errors: OWN,
  },
  {
    method: 'get',
    path: '/v1/patients/{patient}/access-log/{index}/explain',
    operationId: 'explainAccess',
    summary: 'Why an access was permitted or refused; the chain itself holds one bit.',
    signedBy,
    params: leafPath,
    query: atLeastQuery,
    answers: {200: {description: 'The rule.', json: explanationAnswer}},
    errors: [...OWN, 'not-found'],
  },
  {
    method: 'put',
    path: '/v1/patients/{patient}/grants/{grantId}/wraps',
    operationId: 'putWraps',
    summary: 'Leaves epoch keys wrapped for the grantee of one grant.',
    signedBy,
    params: grantPath,
    body: {bytes: [WRAPS], description: 'SignedWrapBundle.'},
    answers: {204: {description: 'Kept.'}},
    errors: ['unknown-field', 'not-yours', 'not-found', 'wrap-invalid'],
  },
  {
    method: 'get',
    path: '/v1/patients/{patient}/grants/{grantId}/wraps',
    operationId: 'getWraps',
    summary: 'The wrapped epoch keys of one grant.',
    signedBy: 'the patient, or a grantee while the grant stands',
    params: grantPath,
    query: atLeastQuery,
    answers: {200: {description: 'SignedWrapBundle.', bytes: [WRAPS]}},
    errors: [...OWN, 'not-found'],
  },
];
