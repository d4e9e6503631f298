import {Controller, Get} from '@nestjs/common';
import type {OpenApiDocument} from '@vitalvault/http';
import {ingestDocument} from './ingest-document.js';

/** Tells what this service answers. */
@Controller('openapi.json')
export class OpenApiController {
  @Get()
  document(): OpenApiDocument {
    return ingestDocument;
  }
}
