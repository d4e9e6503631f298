import {Body, Param, Query} from '@nestjs/common';
import type {PipeTransform} from '@nestjs/common';
import {DomainError} from '@vitalvault/errors';
import type {z} from 'zod';

/** Parses what a route takes by its zod schema; a fault names the field and what is wrong with it, never the value. */
export class ZodPipe<S extends z.ZodType> implements PipeTransform<unknown, z.infer<S>> {
  constructor(private readonly schema: S) {}

  transform(value: unknown): z.infer<S> {
    const result = this.schema.safeParse(value);
    if (result.success) return result.data;
    throw new DomainError('invalid-field', {detail: result.error.issues.map(faultOf).join('; ')});
  }
}

const faultOf = (issue: z.core.$ZodIssue): string => {
  const field = issue.path.length === 0 ? 'body' : issue.path.join('.');
  return `${field}: ${issue.code === 'custom' ? issue.message : issue.code.replaceAll('_', ' ')}`;
};

/** Parameter decorators: the whole body, the path parameters or the query as `schema` describes them. */
export const ZodBody = (schema: z.ZodType): ParameterDecorator => Body(new ZodPipe(schema));
export const ZodParams = (schema: z.ZodType): ParameterDecorator => Param(new ZodPipe(schema));
export const ZodQuery = (schema: z.ZodType): ParameterDecorator => Query(new ZodPipe(schema));
