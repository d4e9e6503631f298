import {describeDocument} from '@vitalvault/http/testing';
import {ingest} from '../../service.js';
import {ingestDocument} from './ingest-document.js';

describe('the OpenAPI document of ingest', () => {
  describeDocument(ingest.controllers, ingestDocument);
});
