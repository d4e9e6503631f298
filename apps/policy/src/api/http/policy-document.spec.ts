import {Validator} from '@seriousme/openapi-schema-validator';
import {describedRoutes, registeredRoutes} from '@vitalvault/http/testing';
import {PolicyModule} from '../../policy.module.js';
import {policyDocument} from './policy-document.js';

describe('the OpenAPI document of policy', () => {
  it('is OpenAPI 3.1', async () => {
    const validator = new Validator();
    expect(await validator.validate(structuredClone<object>(policyDocument) as Record<string, unknown>)).toEqual({
      valid: true,
    });
    expect(validator.version).toBe('3.1');
  });

  it('describes every route that is registered, and no other', async () => {
    expect(describedRoutes(policyDocument)).toEqual(await registeredRoutes(PolicyModule.controllers));
  });

  it('names every operation once', () => {
    const names = Object.values(policyDocument.paths).flatMap((operations) =>
      Object.values(operations).map(({operationId}) => operationId),
    );
    expect(new Set(names).size).toBe(names.length);
  });
});
