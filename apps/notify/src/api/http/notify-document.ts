import {openApiDocument} from '@vitalvault/http';
import {AlertsController} from './alerts.controller.js';
import {ChannelsController} from './channels.controller.js';
import {RulesController} from './rules.controller.js';

/** The HTTP side of notify, and the document that it makes. */
export const httpControllers = [AlertsController, ChannelsController, RulesController] as const;

export const notifyDocument = openApiDocument({
  title: 'VitalVault notify',
  description: 'Tells patients who asked, who read and who was refused (docs/protocol.md §8).',
  controllers: httpControllers,
});
