/** A question that two nodes got and did not answer may itself be the reason: it is not brought to a third. */
export const MOST_UNANSWERED = 2;
