import {Controller, Inject} from '@nestjs/common';
import {STATE_KIND} from '@vitalvault/contracts';
import {Serves, hexText, route} from '@vitalvault/http';
import type {AnswerOf, RequestOf} from '@vitalvault/http';
import {z} from 'zod';
import {AnswerProofs} from '../../application/answer-proofs.js';
import {ExplainAccess} from '../../application/explain-access.js';
import {positionAtLeast} from '../../application/freshness.js';
import type {Projection} from '../../application/ports.js';
import {logPage} from '../../domain/log-page.js';
import {PROJECTION} from '../../policy.tokens.js';
import {onlyPatient} from './only-patient.js';
import {atLeastQuery, uint64, validator} from './path.dto.js';
import {LEDGER_AWAY, OWN} from './possible-codes.js';
import {fromProofs, proofsAnswer} from './proofs-answer.js';
import {devicesAnswer, explanationAnswer, fromGrant, fromRegistrations, grantsAnswer} from './rights-answer.js';

const signedBy = 'the patient';
const patient = hexText(20);

const getLog = route({
  method: 'get',
  path: '/v1/patients/{patient}/{log}',
  operationId: 'getLog',
  summary: 'A page of her access log or record log, with the proof of its head.',
  signedBy,
  params: z.strictObject({
    patient,
    log: z
      .enum(['access-log', 'record-log'])
      .transform((name) => (name === 'access-log' ? STATE_KIND.accessLog : STATE_KIND.recordLog)),
  }),
  query: z.strictObject({
    from: uint64.prefault('0'),
    limit: z
      .string()
      .regex(/^(1000|[1-9]\d{0,2})$/)
      .transform(Number)
      .prefault('1000')
      .describe('1 to 1,000.'),
    validator,
  }),
  answers: {
    200: {description: 'Not verified: she verifies it from the genesis (docs/protocol.md §5.2).', json: proofsAnswer},
  },
  errors: ['not-yours', 'quota-exceeded', ...LEDGER_AWAY],
});

const listGrants = route({
  method: 'get',
  path: '/v1/patients/{patient}/grants',
  operationId: 'listGrants',
  summary: 'Her grants, the newest version of each.',
  signedBy,
  params: z.strictObject({patient}),
  query: atLeastQuery,
  answers: {200: {description: 'From the projection.', json: grantsAnswer}},
  errors: OWN,
});

const listDevices = route({
  method: 'get',
  path: '/v1/patients/{patient}/devices',
  operationId: 'listDevices',
  summary: 'Registrations of her devices.',
  signedBy,
  params: z.strictObject({patient}),
  query: atLeastQuery,
  answers: {200: {description: 'From the projection.', json: devicesAnswer}},
  errors: OWN,
});

const explainAccess = route({
  method: 'get',
  path: '/v1/patients/{patient}/access-log/{index}/explain',
  operationId: 'explainAccess',
  summary: 'Why an access was permitted or refused; the chain itself holds one bit.',
  signedBy,
  params: z.strictObject({patient, index: uint64}),
  query: atLeastQuery,
  answers: {200: {description: 'The rule.', json: explanationAnswer}},
  errors: [...OWN, 'not-found'],
});

/** What a patient may see of herself, and nobody else. */
@Controller()
export class PatientsController {
  constructor(
    @Inject(AnswerProofs) private readonly proofs: AnswerProofs,
    @Inject(ExplainAccess) private readonly accesses: ExplainAccess,
    @Inject(PROJECTION) private readonly projection: Projection,
  ) {}

  // Fastify prefers a path that is written out to this one, which takes every name.
  @Serves(getLog)
  async log({caller, params: {patient, log}, query}: RequestOf<typeof getLog>): Promise<AnswerOf<typeof getLog>> {
    onlyPatient(caller, patient);
    const {validator, ...page} = query;
    return fromProofs(await this.proofs.execute(patient, logPage(patient, {kind: log, ...page}), {validator}));
  }

  @Serves(listGrants)
  async grants({
    caller,
    params: {patient},
    query: {atLeast},
  }: RequestOf<typeof listGrants>): Promise<AnswerOf<typeof listGrants>> {
    onlyPatient(caller, patient);
    const {height} = await positionAtLeast(this.projection, atLeast);
    return {grants: (await this.projection.grantsOf(patient)).map(fromGrant), atHeight: String(height)};
  }

  @Serves(listDevices)
  async devices({
    caller,
    params: {patient},
    query: {atLeast},
  }: RequestOf<typeof listDevices>): Promise<AnswerOf<typeof listDevices>> {
    onlyPatient(caller, patient);
    const {height} = await positionAtLeast(this.projection, atLeast);
    return {devices: fromRegistrations(await this.projection.registrationsOf(patient)), atHeight: String(height)};
  }

  @Serves(explainAccess)
  async explain({
    caller,
    params: {patient, index},
    query: {atLeast},
  }: RequestOf<typeof explainAccess>): Promise<AnswerOf<typeof explainAccess>> {
    onlyPatient(caller, patient);
    await positionAtLeast(this.projection, atLeast);
    return {...(await this.accesses.execute(patient, index)), index: String(index)};
  }
}
