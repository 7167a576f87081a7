import type { Kysely, Selectable } from 'kysely';
import type { Finding } from '../kit/index.js';
import type { Database, FindingTable } from './schema.js';

/** Inserts or updates by (kind, source, quantity, since). An end that is known stays, whatever is told again later. */
export async function upsertFinding(db: Kysely<Database>, finding: Finding): Promise<Finding & { id: number }> {
  const row = await db
    .insertInto('finding')
    .values({
      kind: finding.kind,
      source: finding.source,
      quantity: finding.quantity,
      score: finding.score,
      threshold: finding.threshold,
      severity: finding.severity,
      since: finding.since,
      until: finding.until ?? null,
      reasons: JSON.stringify(finding.reasons),
      evidence: JSON.stringify(finding.evidence),
      expected: JSON.stringify(finding.expected ?? []),
      recorded_at: Date.now(),
    })
    .onConflict((conflict) =>
      conflict.columns(['kind', 'source', 'quantity', 'since']).doUpdateSet((eb) => ({
        score: eb.ref('excluded.score'),
        threshold: eb.ref('excluded.threshold'),
        severity: eb.ref('excluded.severity'),
        until: eb.fn.coalesce('excluded.until', 'finding.until'),
        reasons: eb.ref('excluded.reasons'),
        evidence: eb.ref('excluded.evidence'),
        expected: eb.ref('excluded.expected'),
      })),
    )
    .returningAll()
    .executeTakeFirstOrThrow();
  return findingOf(row);
}

export function findingOf(row: Selectable<FindingTable>): Finding & { id: number } {
  const { until, reasons, evidence, expected, recorded_at: _, ...rest } = row;
  return {
    ...rest,
    ...(until === null ? {} : { until }),
    reasons: JSON.parse(reasons),
    evidence: JSON.parse(evidence),
    ...(expected === '[]' ? {} : { expected: JSON.parse(expected) }),
  };
}
