import {serve} from '@vitalvault/http';
import {environment} from './config.js';
import {ingest} from './service.js';

await serve(ingest, environment());
