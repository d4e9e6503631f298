import {describeComposition} from '@vitalvault/http/testing';
import {notify} from './service.js';

describe('notify', () => {
  describeComposition(notify, () => ({
    httpPort: 1,
    grpcPort: 2,
    organisation: 'aa'.repeat(20),
    kafkaBrokers: '127.0.0.1:1',
    databaseUrl: 'postgres://vv@127.0.0.1:1/none',
    otlpUrl: 'http://127.0.0.1:1',
  }));
});
