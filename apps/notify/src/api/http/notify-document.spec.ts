import {describeDocument} from '@vitalvault/http/testing';
import {notify} from '../../service.js';
import {notifyDocument} from './notify-document.js';

describe('the OpenAPI document of notify', () => {
  describeDocument(notify.controllers, notifyDocument);
});
