// `make taste`: the SDK's story on the ledger's real rules, in memory. Runs the TypeScript sources as they are, with
// what is in Node itself: nothing is compiled beforehand, and no native module is loaded.
//   node --no-addons tools/taste/main.ts [--lie] [--help]
import '../run-sources.ts';

const {taste} = await import('./taste.js');
process.exitCode = await taste(process.argv.slice(2));
