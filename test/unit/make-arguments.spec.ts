import {describe, expect, it} from '@jest/globals';
import {spawnSync} from 'node:child_process';
import {join} from 'node:path';

/** The command that make would start. */
function started(...words: string[]): string {
  const {stdout} = spawnSync('make', ['--dry-run', ...words], {
    cwd: join(import.meta.dirname, '..', '..'),
    env: {PATH: process.env['PATH']},
    encoding: 'utf8',
  });
  return stdout
    .trim()
    .replaceAll(/ +/g, ' ')
    .replace(/^\S+ \S+ /, '');
}

describe("make's arguments for a program of a service's", () => {
  it.each([
    [['positions'], 'positions --data "var" storage'],
    [['positions', 'ARGS=--help'], 'positions --data "var" storage --help'],
    [['positions', 'BEGIN=Ada Example'], 'positions --data "var" storage --begin --by "Ada Example"'],
    [['dead-letters'], 'dead-letters --data "var" storage list'],
    [['dead-letters', 'ARGS=send-again 17 --by "Ada"'], 'dead-letters --data "var" storage send-again 17 --by "Ada"'],
  ])('%j are handed on as they are', (words, command) => {
    expect(started('NAME=storage', ...words)).toBe(command);
  });
});

describe("make's arguments for a system", () => {
  it.each([
    [['up'], 'up --data "var"'],
    [['up', 'OBSERVE=1'], 'up --data "var" --observe'],
    [['up', 'OBSERVE=0', 'ONLY=kafka'], 'up --data "var" --only kafka'],
  ])('%j are handed on as they are', (words, command) => {
    expect(started(...words)).toBe(command);
  });
});
