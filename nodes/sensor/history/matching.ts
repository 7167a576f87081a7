import { type Expression, type ExpressionBuilder, type SqlBool, sql } from 'kysely';

/** Names with `*` for any characters: a list, or a text with commas between; none: all. */
export type Patterns = string | readonly string[];

export interface Matcher {
  test(name: string): boolean;
  /** Narrows a query to candidates; `test` decides, since databases differ in whether case counts. */
  where<DB, TB extends keyof DB>(eb: ExpressionBuilder<DB, TB>, column: string): Expression<SqlBool>;
}

export function matcher(patterns: Patterns): Matcher {
  const names = typeof patterns === 'string' ? patterns.split(',') : patterns;
  const list = names.map((pattern) => pattern.trim()).filter((pattern) => pattern !== '');
  const tests = list.map(regExp);
  return {
    test: (name) => tests.length === 0 || tests.some((test) => test.test(name)),
    where: (eb, column) =>
      list.length === 0
        ? sql<SqlBool>`1 = 1`
        : eb.or(list.map((pattern) => sql<SqlBool>`${sql.ref(column)} like ${likeOf(pattern)} escape '\\'`)),
  };
}

function regExp(pattern: string): RegExp {
  return new RegExp(`^${pattern.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')}$`, 's');
}

function likeOf(pattern: string): string {
  return pattern.replace(/[\\%_]/g, '\\$&').replaceAll('*', '%');
}
