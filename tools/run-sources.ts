// Runs the workspace's TypeScript sources as they are, test support with them, by what is in Node itself: nothing is
// compiled beforehand. Imported first (`node --import`, worker threads take it over), or before a dynamic import.
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
