import {openApiDocument} from '@vitalvault/http';
import {ledgerRoutes} from './ledger-routes.js';
import {patientRoutes} from './patient-routes.js';
import {readerRoutes} from './reader-routes.js';

export const policyDocument = openApiDocument({
  title: 'VitalVault policy',
  description:
    'Grants, decisions and their log, and the ledger as an organisation reaches it (docs/protocol.md §4–§8).',
  routes: [...ledgerRoutes, ...patientRoutes, ...readerRoutes],
});
