import {token} from '@vitalvault/http';
import type {Backlog} from '@vitalvault/kafka-bus';
import type {RecordStore} from './application/ports.js';

/** Injection tokens of storage's ports that are interfaces. */
export const RECORD_STORE = token<RecordStore>('RECORD_STORE');
/** Of the consumer. */
export const BACKLOG = token<() => Backlog>('BACKLOG');
