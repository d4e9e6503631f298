import {runProgram} from '@vitalvault/process';
import {environment, policyConfig} from './config.js';
import {startPolicy} from './start-policy.js';

await runProgram({name: 'policy', settings: policyConfig, env: environment()}, startPolicy);
