import {projectionStoreContract} from '../contracts/projection-store.contract.js';
import {MemoryProjectionStore} from './memory-projection-store.js';

projectionStoreContract('memory', () => Promise.resolve(new MemoryProjectionStore()));
