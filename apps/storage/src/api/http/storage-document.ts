import {openApiDocument} from '@vitalvault/http';
import {RecordsController} from './records.controller.js';
import {ReleasesController} from './releases.controller.js';

/** The HTTP side of storage, and the document that it makes. */
export const httpControllers = [ReleasesController, RecordsController] as const;

export const storageDocument = openApiDocument({
  title: 'VitalVault storage',
  description: 'Where permitted readers fetch sealed records (docs/protocol.md §7, §8).',
  controllers: httpControllers,
});
