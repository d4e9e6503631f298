export {sampleRecord} from './sample-record.js';
export type {SampleRecord} from './sample-record.js';
export {seededRandom} from './seeded-random.js';
