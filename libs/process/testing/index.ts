export {inProduction} from './in-production.js';
export {ManagedHost} from './managed-host.js';
export {OwnFiles} from './own-files.js';
export {MadeConsumer, madeStep} from './made-step.js';
