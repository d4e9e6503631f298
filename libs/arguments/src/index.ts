export {argument, each, isArgumentParser, wrongArgument} from './argument.js';
export type {ArgumentParser} from './argument.js';
export {duration} from './duration.js';
export {numberRange} from './number-range.js';
export type {NumberRange} from './number-range.js';
export {size} from './size.js';
export {hexId, names, path, serviceUrl, shaped, words} from './text.js';
export {time, timeMs} from './time.js';
export {wholeBigint, wholeNumber} from './whole-number.js';
