import {service} from '@vitalvault/http';
import {NotifyGrpcController} from './api/grpc/notify-grpc.controller.js';
import {httpControllers, notifyDocument} from './api/http/notify-document.js';
import {AlertEventsController} from './api/kafka/alert-events.controller.js';
import {compose} from './compose.js';
import {notifyConfig} from './config.js';

/** Tells patients who asked, who read and who was refused. Its database must be migrated. */
export const notify = service({
  name: 'notify',
  config: notifyConfig,
  document: notifyDocument,
  controllers: [...httpControllers, NotifyGrpcController, AlertEventsController],
  compose,
});
