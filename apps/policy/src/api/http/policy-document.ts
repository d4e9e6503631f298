import {openApiDocument} from '@vitalvault/http';
import {ChainController} from './chain.controller.js';
import {ComplaintsController} from './complaints.controller.js';
import {DescriptionController} from './description.controller.js';
import {DetailsController} from './details.controller.js';
import {MembersController} from './members.controller.js';
import {PatientsController} from './patients.controller.js';
import {TransactionsController} from './transactions.controller.js';
import {WrapsController} from './wraps.controller.js';

/** The HTTP side of policy, and the document that it makes. */
export const httpControllers = [
  TransactionsController,
  ChainController,
  PatientsController,
  WrapsController,
  MembersController,
  DetailsController,
  ComplaintsController,
  DescriptionController,
] as const;

export const policyDocument = openApiDocument({
  title: 'VitalVault policy',
  description:
    'Grants, decisions and their log, and the ledger as an organisation reaches it (docs/protocol.md §4–§8).',
  controllers: httpControllers,
});
