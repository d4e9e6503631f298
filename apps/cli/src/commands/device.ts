import {group} from '../define-command.js';
import {configureCommand} from './device/configure.js';
import {endorseCommand} from './device/endorse.js';
import {initCommand} from './device/init.js';
import {postCommand} from './device/post.js';
import {receiptsCommand} from './device/receipts.js';
import {setAsideCommand} from './device/set-aside.js';
import {settleCommand} from './device/settle.js';
import {statusCommand} from './device/status.js';

export const deviceCommand = group('device', 'for a wearable: register, configure, post readings', [
  initCommand,
  endorseCommand,
  configureCommand,
  postCommand,
  settleCommand,
  setAsideCommand,
  statusCommand,
  receiptsCommand,
]);
