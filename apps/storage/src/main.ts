import {serve} from '@vitalvault/http';
import {environment} from './config.js';
import {storage} from './service.js';

await serve(storage, environment());
