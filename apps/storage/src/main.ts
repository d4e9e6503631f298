import {runProgram} from '@vitalvault/process';
import {environment, storageConfig} from './config.js';
import {startStorage} from './start-storage.js';

await runProgram({name: 'storage', settings: storageConfig, env: environment()}, startStorage);
