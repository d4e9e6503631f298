import {serve} from '@vitalvault/http';
import {environment} from './config.js';
import {policy} from './service.js';

await serve(policy, environment());
