import {serve} from '@vitalvault/http';
import {environment} from './config.js';
import {notify} from './service.js';

await serve(notify, environment());
