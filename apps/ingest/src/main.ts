import {runProgram} from '@vitalvault/process';
import {environment, ingestConfig} from './config.js';
import {startIngest} from './start-ingest.js';

await runProgram({name: 'ingest', settings: ingestConfig, env: environment()}, startIngest);
