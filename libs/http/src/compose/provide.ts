import type {Type, ValueProvider} from '@nestjs/common';

/** Injection token of what has no class; only a `T` may be provided for it. */
export type Token<T> = symbol & {readonly of?: T};

export const token = <T>(name: string): Token<T> => Symbol(name);

/** What controllers get who ask for the class or token. */
export const provide = <T>(what: Type<T> | Token<T>, value: T): ValueProvider => ({provide: what, useValue: value});
