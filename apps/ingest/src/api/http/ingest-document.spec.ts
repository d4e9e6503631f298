import {describeDocument} from '@vitalvault/http/testing';
import {IngestModule} from '../../ingest.module.js';
import {ingestDocument} from './ingest-document.js';

describe('the OpenAPI document of ingest', () => {
  describeDocument(IngestModule.controllers, ingestDocument);
});
