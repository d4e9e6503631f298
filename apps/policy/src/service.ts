import {service} from '@vitalvault/http';
import {PolicyGrpcController} from './api/grpc/policy-grpc.controller.js';
import {httpControllers, policyDocument} from './api/http/policy-document.js';
import {compose} from './compose.js';
import {policyConfig} from './config.js';

/** The ledger's read model, and who opens outer seals for its permits. Its database must be migrated. */
export const policy = service({
  name: 'policy',
  config: policyConfig,
  document: policyDocument,
  controllers: [...httpControllers, PolicyGrpcController],
  compose,
});
