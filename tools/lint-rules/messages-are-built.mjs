/** Files whose messages somebody signs or sends: libs/contracts/src/complete.ts. */
const SENT = /^@vitalvault\/contracts\/gen\/(ledger\/v1\/tx|policy\/v1\/wrap|receipt\/v1\/receipt|record\/v1\/record)$/;

/**
 * `create` of protobuf-es takes any of a message's fields, so a sender that lacks a new one compiles. `build` and
 * `encodeCanonical` of @vitalvault/contracts ask for all of them.
 * @type {import('eslint').Rule.RuleModule}
 */
export const messagesAreBuilt = {
  meta: {
    type: 'problem',
    schema: [],
    messages: {build: 'Use build() or encodeCanonical() of @vitalvault/contracts: {{name}} is sent whole.'},
  },
  create: (context) => {
    const [makers, schemas] = [new Set(), new Set()];
    return {
      /** @param {any} node */
      ImportDeclaration({source, specifiers}) {
        for (const {imported, local} of specifiers) {
          if (source.value === '@bufbuild/protobuf' && imported?.name === 'create') makers.add(local.name);
          if (SENT.test(source.value)) schemas.add(local.name);
        }
      },
      /** @param {any} node */
      CallExpression(node) {
        const [schema] = node.arguments;
        if (makers.has(node.callee.name) && schemas.has(schema?.name))
          context.report({node, messageId: 'build', data: {name: schema.name}});
      },
    };
  },
};
