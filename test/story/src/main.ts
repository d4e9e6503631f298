import {storyProgram} from './program.js';

// kafkajs sets timers to the past, and Node 24 says so each time.
process.removeAllListeners('warning');
await storyProgram.parseAsync();
