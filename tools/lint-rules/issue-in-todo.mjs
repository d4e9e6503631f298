const MARK = /\b(TODO|FIXME|XXX|HACK)\b/;

/**
 * Unfinished work is named by an issue, or it is not left behind.
 * @type {import('eslint').Rule.RuleModule}
 */
export const issueInTodo = {
  meta: {type: 'problem', schema: [], messages: {issue: 'Name the issue: "{{mark}} #n".'}},
  create: (context) => ({
    Program() {
      for (const comment of context.sourceCode.getAllComments()) {
        const mark = MARK.exec(comment.value)?.[1];
        if (mark !== undefined && comment.loc && !/#\d+/.test(comment.value))
          context.report({loc: comment.loc, messageId: 'issue', data: {mark}});
      }
    },
  }),
};
