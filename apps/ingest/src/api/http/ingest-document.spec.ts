import {Validator} from '@seriousme/openapi-schema-validator';
import {describedRoutes, registeredRoutes} from '@vitalvault/http/testing';
import {IngestModule} from '../../ingest.module.js';
import {ingestDocument} from './ingest-document.js';

describe('the OpenAPI document of ingest', () => {
  it('is OpenAPI 3.1', async () => {
    const validator = new Validator();
    expect(await validator.validate(structuredClone<object>(ingestDocument) as Record<string, unknown>)).toEqual({
      valid: true,
    });
    expect(validator.version).toBe('3.1');
  });

  it('describes every route that is registered, and no other', async () => {
    expect(describedRoutes(ingestDocument)).toEqual(await registeredRoutes(IngestModule.controllers));
  });

  it('names every operation once', () => {
    const names = Object.values(ingestDocument.paths).flatMap((operations) =>
      Object.values(operations).map(({operationId}) => operationId),
    );
    expect(new Set(names).size).toBe(names.length);
  });
});
