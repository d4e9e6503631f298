import {openApiDocument} from '@vitalvault/http';
import {EpochStatementsController} from './epoch-statements.controller.js';
import {ReceiptsController} from './receipts.controller.js';
import {RecordsController} from './records.controller.js';
import {SkipsController} from './skips.controller.js';
import {SuccessionsController} from './successions.controller.js';
import {TimeController} from './time.controller.js';

/** The HTTP side of ingest, and the document that it makes. */
export const httpControllers = [
  RecordsController,
  SkipsController,
  ReceiptsController,
  EpochStatementsController,
  SuccessionsController,
  TimeController,
] as const;

export const ingestDocument = openApiDocument({
  title: 'VitalVault ingest',
  description: "Where a patient's devices send their sealed records (docs/protocol.md §3, §8).",
  controllers: httpControllers,
});
