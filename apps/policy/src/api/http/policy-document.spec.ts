import {describeDocument} from '@vitalvault/http/testing';
import {policy} from '../../service.js';
import {policyDocument} from './policy-document.js';

describe('the OpenAPI document of policy', () => {
  describeDocument(policy.controllers, policyDocument);
});
