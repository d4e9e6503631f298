// `make taste`: the SDK's story on the ledger's real rules, in memory. Runs the TypeScript sources as they are, with
// what is in Node itself: nothing is compiled beforehand, and no native module is loaded.
//   node --no-addons tools/taste/main.ts [--lie] [--help]
import {readFileSync} from 'node:fs';
import {registerHooks, stripTypeScriptTypes} from 'node:module';
import {fileURLToPath} from 'node:url';

registerHooks({
  resolve(specifier, context, next) {
    const here = /^\.{1,2}\//.test(specifier) && context.parentURL?.endsWith('.ts');
    return next(here ? specifier.replace(/\.js$/, '.ts') : specifier, {
      ...context,
      conditions: [...context.conditions, 'source'],
    });
  },
  load(url, context, next) {
    if (!url.endsWith('.ts')) return next(url, context);
    const source = stripTypeScriptTypes(readFileSync(fileURLToPath(url), 'utf8'), {mode: 'transform'});
    return {format: 'module', source, shortCircuit: true};
  },
});

const {taste} = await import('./taste.js');
process.exitCode = await taste(process.argv.slice(2));
