import {describeDocument} from '@vitalvault/http/testing';
import {PolicyModule} from '../../policy.module.js';
import {policyDocument} from './policy-document.js';

describe('the OpenAPI document of policy', () => {
  describeDocument(PolicyModule.controllers, policyDocument);
});
