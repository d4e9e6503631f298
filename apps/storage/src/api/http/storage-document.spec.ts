import {describeDocument} from '@vitalvault/http/testing';
import {storage} from '../../service.js';
import {storageDocument} from './storage-document.js';

describe('the OpenAPI document of storage', () => {
  describeDocument(storage.controllers, storageDocument);
});
