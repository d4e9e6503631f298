import {projectionStoreContract} from '../../test/contracts/projection-store.contract.js';
import {MemoryProjectionStore} from './memory-projection-store.js';

projectionStoreContract('memory', () => Promise.resolve(new MemoryProjectionStore()));
