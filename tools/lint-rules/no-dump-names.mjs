import {basename} from 'node:path';

const DUMP = /(^|-)(util|utils|helper|helpers|common|base|misc|manager|processor)(-|\.|$)/;
const DUMP_TYPE = /(Util|Utils|Helper|Helpers|Common|Manager|Processor)$|^Base[A-Z]/;

/**
 * A name that says nothing attracts everything.
 * @type {import('eslint').Rule.RuleModule}
 */
export const noDumpNames = {
  meta: {type: 'problem', schema: [], messages: {name: 'Name it by its one job, not {{name}}'}},
  create: (context) => {
    /**
     * @param {import('eslint').Rule.Node} node
     * @param {string | undefined} name
     */
    const check = (node, name) => {
      if (name !== undefined && DUMP_TYPE.test(name)) context.report({node, messageId: 'name', data: {name}});
    };
    return {
      Program(node) {
        const name = basename(context.filename);
        if (DUMP.test(name)) context.report({node, messageId: 'name', data: {name}});
      },
      ClassDeclaration: (node) => check(node, node.id?.name),
      /** @param {any} node */
      TSInterfaceDeclaration: (node) => check(node, node.id.name),
    };
  },
};
