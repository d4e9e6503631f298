import type {Logger} from '@vitalvault/process';
import {token} from './compose/provide.js';

/** The process's logger. */
export const LOGGER = token<Logger>('LOGGER');
