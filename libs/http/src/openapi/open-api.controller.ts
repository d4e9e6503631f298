import {Controller} from '@nestjs/common';
import type {Type} from '@nestjs/common';
import {Serves} from '../route/serves.js';
import {getOpenApi} from './get-open-api.js';
import type {OpenApiDocument} from './open-api-document.js';

/** The controller that serves this document. */
export function openApiController(document: OpenApiDocument): Type {
  @Controller()
  class OpenApiController {
    @Serves(getOpenApi)
    tell(): OpenApiDocument & Record<string, unknown> {
      return {...document};
    }
  }
  return OpenApiController;
}
