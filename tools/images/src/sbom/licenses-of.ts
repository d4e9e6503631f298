import type {Component} from './bom.js';

/** An SPDX expression as a package states it; a single id is its own expression. What is no expression is a name. */
export function licensesOf(license: string | undefined): Pick<Component, 'licenses'> {
  if (license === undefined || license === '') return {};
  const expression = /^[A-Za-z0-9.+-]+( (AND|OR|WITH) [A-Za-z0-9.+-]+)*$/.test(license.replace(/[()]/g, ''));
  return {licenses: [expression ? {expression: license} : {license: {name: license}}]};
}
