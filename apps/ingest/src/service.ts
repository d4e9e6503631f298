import {service} from '@vitalvault/http';
import {httpControllers, ingestDocument} from './api/http/ingest-document.js';
import {LedgerEventsController} from './api/kafka/ledger-events.controller.js';
import {compose} from './compose.js';
import {ingestConfig} from './config.js';

/** The gateway of the wearables. */
export const ingest = service({
  name: 'ingest',
  config: ingestConfig,
  document: ingestDocument,
  controllers: [...httpControllers, LedgerEventsController],
  compose,
});
