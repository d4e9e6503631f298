import {describeDocument} from '@vitalvault/http/testing';
import {StorageModule} from '../../storage.module.js';
import {storageDocument} from './storage-document.js';

describe('the OpenAPI document of storage', () => {
  describeDocument(StorageModule.controllers, storageDocument);
});
