import {Validator} from '@seriousme/openapi-schema-validator';
import {describedRoutes, registeredRoutes} from '@vitalvault/http/testing';
import {NotifyModule} from '../../notify.module.js';
import {notifyDocument} from './notify-document.js';

describe('the OpenAPI document of notify', () => {
  it('is OpenAPI 3.1', async () => {
    const validator = new Validator();
    expect(await validator.validate(structuredClone<object>(notifyDocument) as Record<string, unknown>)).toEqual({
      valid: true,
    });
    expect(validator.version).toBe('3.1');
  });

  it('describes every route that is registered, and no other', async () => {
    expect(describedRoutes(notifyDocument)).toEqual(await registeredRoutes(NotifyModule.controllers));
  });

  it('names every operation once', () => {
    const names = Object.values(notifyDocument.paths).flatMap((operations) =>
      Object.values(operations).map(({operationId}) => operationId),
    );
    expect(new Set(names).size).toBe(names.length);
  });
});
