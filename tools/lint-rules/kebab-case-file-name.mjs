import {basename} from 'node:path';

const NAME =
  /^[a-z0-9]+(-[a-z0-9]+)*(\.(module|controller|guard|interceptor|tokens|dto|spec|int-spec|e2e-spec|drill-spec|contract|config))?\.(ts|mjs|js)$/;

/**
 * Files are kebab-case; these suffixes say what a file is.
 * @type {import('eslint').Rule.RuleModule}
 */
export const kebabCaseFileName = {
  meta: {
    type: 'problem',
    schema: [],
    messages: {name: 'File names are kebab-case, with one of the known suffixes: {{name}}'},
  },
  create: (context) => ({
    Program(node) {
      const name = basename(context.filename);
      if (!NAME.test(name)) context.report({node, messageId: 'name', data: {name}});
    },
  }),
};
