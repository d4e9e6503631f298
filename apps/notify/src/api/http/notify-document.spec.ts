import {describeDocument} from '@vitalvault/http/testing';
import {NotifyModule} from '../../notify.module.js';
import {notifyDocument} from './notify-document.js';

describe('the OpenAPI document of notify', () => {
  describeDocument(NotifyModule.controllers, notifyDocument);
});
