import {createLogger, loadConfig, runService} from '@vitalvault/process';
import {environment, ledgerConfig} from './config.js';
import {startLedger} from './start-ledger.js';

const SERVICE = 'ledger-abci';

await runService(createLogger({service: SERVICE}), () => {
  const config = loadConfig(ledgerConfig, environment());
  return startLedger(createLogger({service: SERVICE, level: config.logLevel}), config, () => process.exit(1));
});
