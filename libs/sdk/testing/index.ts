export {MemoryPlatform} from './memory-platform.js';
export {HOSPITAL, people, readingsOf} from './people.js';
export type {People} from './people.js';
export {SignedChain} from './signed-chain.js';
