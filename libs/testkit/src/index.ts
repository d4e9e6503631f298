export {eventually} from './eventually.js';
export {FakeClock} from './fake-clock.js';
export {freePort} from './free-port.js';
export {RunningProcess, runProcess} from './run-process.js';
export type {ProcessOutcome, ProcessToRun} from './run-process.js';
export {seededRandom} from './seeded-random.js';
export {startEngines} from './start-engines.js';
export type {Endpoints, Engines} from './start-engines.js';
