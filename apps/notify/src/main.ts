import {runProgram} from '@vitalvault/process';
import {environment, notifyConfig} from './config.js';
import {startNotify} from './start-notify.js';

await runProgram({name: 'notify', settings: notifyConfig, env: environment()}, startNotify);
