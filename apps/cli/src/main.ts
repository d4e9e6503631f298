import {enableCompileCache} from 'node:module';

// Compiled code of the last run is kept by Node: a third of the start of a process that lives for a second.
enableCompileCache();
const {runProgram} = await import('./program.js');
await runProgram(process.argv);
