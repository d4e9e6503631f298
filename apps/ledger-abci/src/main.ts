import {runProgram} from '@vitalvault/process';
import {environment, ledgerConfig} from './config.js';
import {startLedger} from './start-ledger.js';

await runProgram({name: 'ledger-abci', settings: ledgerConfig, env: environment()}, startLedger);
