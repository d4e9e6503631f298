import {CODE} from '@vitalvault/contracts';
import {
  AnchorResultsSchema,
  DecisionSchema,
  RegisterDeviceResultSchema,
  StatementResultsSchema,
} from '@vitalvault/contracts/gen/ledger/v1/tx';
import {message} from './message-vector.ts';

/** `data` of transactions with code 0. */
export function results() {
  return [
    message(RegisterDeviceResultSchema, {registration: 2}),
    message(StatementResultsSchema, {codes: [CODE.ok, CODE.epochOrder]}),
    message(AnchorResultsSchema, {results: [{code: CODE.ok, index: 5n}, {code: CODE.entryDuplicate}]}),
    message(DecisionSchema, {
      permit: true,
      index: 7n,
      recordLogSize: 6n,
      grantVersion: 1,
      releaseUntilHeight: 3_200n,
      releaseUntilTime: 1_459_504_500n,
    }),
    message(DecisionSchema, {permit: false, index: 8n}),
  ];
}
