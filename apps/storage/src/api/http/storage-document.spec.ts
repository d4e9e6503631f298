import {Validator} from '@seriousme/openapi-schema-validator';
import {describedRoutes, registeredRoutes} from '@vitalvault/http/testing';
import {StorageModule} from '../../storage.module.js';
import {storageDocument} from './storage-document.js';

describe('the OpenAPI document of storage', () => {
  it('is OpenAPI 3.1', async () => {
    const validator = new Validator();
    expect(await validator.validate(structuredClone<object>(storageDocument) as Record<string, unknown>)).toEqual({
      valid: true,
    });
    expect(validator.version).toBe('3.1');
  });

  it('describes every route that is registered, and no other', async () => {
    expect(describedRoutes(storageDocument)).toEqual(await registeredRoutes(StorageModule.controllers));
  });

  it('names every operation once', () => {
    const names = Object.values(storageDocument.paths).flatMap((operations) =>
      Object.values(operations).map(({operationId}) => operationId),
    );
    expect(new Set(names).size).toBe(names.length);
  });
});
