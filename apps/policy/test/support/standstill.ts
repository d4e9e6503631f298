import {Standstill, createLogger} from '@vitalvault/process';

/** A follower that goes on, until a spec stops it. */
export const standstill = (): Standstill =>
  new Standstill({part: 'ledger-follower', logger: createLogger({service: 'spec', level: 'fatal'})});
