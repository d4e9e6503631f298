import {Controller, Get} from '@nestjs/common';
import type {OpenApiDocument} from '@vitalvault/http';
import {storageDocument} from './storage-document.js';

/** Tells what this service answers. */
@Controller('openapi.json')
export class OpenApiController {
  @Get()
  document(): OpenApiDocument {
    return storageDocument;
  }
}
