import {group} from '../define-command.js';
import {alertsCommand} from './patient/alerts.js';
import {cardCommand} from './patient/card.js';
import {configureDeviceCommand} from './patient/configure-device.js';
import {enrolCommand} from './patient/enrol.js';
import {enrolRequestCommand} from './patient/enrol-request.js';
import {explainCommand} from './patient/explain.js';
import {grantCommand} from './patient/grant.js';
import {initCommand} from './patient/init.js';
import {devicesCommand, grantsCommand} from './patient/lists.js';
import {proveReceiptsCommand} from './patient/prove-receipts.js';
import {publishKeysCommand} from './patient/publish-keys.js';
import {registerDeviceCommand} from './patient/register-device.js';
import {removeDeviceCommand} from './patient/remove-device.js';
import {replaceKeyCommand} from './patient/replace-key.js';
import {revokeCommand} from './patient/revoke.js';

export const patientCommand = group('patient', 'for a patient: keys, devices, grants, alerts', [
  initCommand,
  enrolRequestCommand,
  enrolCommand,
  cardCommand,
  publishKeysCommand,
  replaceKeyCommand,
  registerDeviceCommand,
  configureDeviceCommand,
  removeDeviceCommand,
  grantCommand,
  revokeCommand,
  grantsCommand,
  devicesCommand,
  alertsCommand,
  explainCommand,
  proveReceiptsCommand,
]);
