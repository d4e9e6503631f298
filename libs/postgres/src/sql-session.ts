/** A database of Prisma or one transaction of it, as far as SQL goes: each service generates a client of its own. */
export interface SqlSession {
  $executeRaw(query: TemplateStringsArray, ...values: unknown[]): PromiseLike<number>;
  $queryRaw<T>(query: TemplateStringsArray, ...values: unknown[]): PromiseLike<T>;
}
