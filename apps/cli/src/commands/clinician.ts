import {group} from '../define-command.js';
import {fetchCommand} from './clinician/fetch.js';
import {plotCommand} from './clinician/plot.js';
import {requestCommand} from './clinician/request.js';
import {requestsCommand} from './clinician/requests.js';

export const clinicianCommand = group('clinician', 'for a member who reads: ask, fetch, open, plot', [
  requestCommand,
  requestsCommand,
  fetchCommand,
  plotCommand,
]);
