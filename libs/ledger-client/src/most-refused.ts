/**
 * So many nodes have to refuse before it counts. Fewer than a third of them lie: when so many refuse, an honest one
 * does. Two at the least, since who has two does not count thirds.
 */
export const mostRefused = (nodes: number): number => Math.max(2, Math.floor((nodes - 1) / 3) + 1);
