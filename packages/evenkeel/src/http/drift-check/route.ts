import * as z from 'zod'
import { failureReply } from '../failure.ts'
import type { Call, Reply, Route } from '../route.ts'
import type { DriftChecker } from './checker.ts'
import type { DriftCheck } from './finding.ts'
import { checkRequest } from './request.ts'

const sides = z.object({ reference: z.int(), current: z.int() })

const finding = z.object({
  column: z.string(),
  method: z.string().meta({ description: 'as it was asked for: `evenkeel`, or a peer’s by name' }),
  peer: z.object({ name: z.string(), version: z.string() }).nullable(),
  verdict: z.enum(['shifted', 'unknown', 'steady', 'left-out']),
  reason: z.string(),
  measure: z.string().nullable().meta({ description: 'what `value` is; the method the peer chose, where it chose' }),
  scale: z.enum(['p-value', 'distance', 'statistic']).nullable(),
  value: z.number().nullable(),
  threshold: z.number().nullable().meta({ description: 'the noise floor, or the peer’s threshold' }),
  effect: z.number().nullable().meta({ description: 'PSI less what noise makes of it, in nats' }),
  rows: sides,
  missing: sides,
})

const answer = z
  .object({
    verdict: z.enum(['shifted', 'unknown', 'steady']),
    words: z.string(),
    rows: sides,
    settings: z.object({ falseAlarms: z.number(), minRows: z.int(), floor: z.number() }),
    findings: z.array(finding),
    added: z.array(z.string()).meta({ description: 'columns that only the current table has' }),
  })
  .meta({
    examples: [
      {
        verdict: 'unknown',
        words: 'of 1 column judged: 1 unknown',
        rows: { reference: 1, current: 2 },
        settings: { falseAlarms: 0.01, minRows: 50, floor: 0.05 },
        findings: [
          {
            column: 'amount',
            method: 'evenkeel',
            peer: null,
            verdict: 'unknown',
            reason: 'the reference table has 1 rows, 50 are needed',
            measure: null,
            scale: null,
            value: null,
            threshold: null,
            effect: null,
            rows: { reference: 1, current: 2 },
            missing: { reference: 0, current: 1 },
          },
        ],
        added: [],
      },
    ],
  }) satisfies z.ZodType<DriftCheck>

const RETRY_AFTER_SECONDS = '5'

/** The body goes to the checker's thread as bytes: reading millions of cells here would hold up every other request. */
export function driftCheckRoutes(checker: DriftChecker): readonly Route[] {
  return [
    {
      method: 'POST',
      path: '/v1/drift/check',
      tag: 'Data',
      summary: 'Compare current rows with reference rows, column by column; nothing is kept',
      dialect: 'problem',
      raw: true,
      body: checkRequest,
      checksBody: true,
      answer,
      handle: (call) => check(checker, call),
    },
  ]
}

async function check(checker: DriftChecker, { body, headers }: Call): Promise<Reply> {
  const type = headers['content-type']?.replace(/;.*/, '').trim().toLowerCase()
  if (type !== undefined && type !== 'application/json') {
    const message = `content type ${type}, expected application/json`
    return failureReply({ status: 415, code: 'REQUEST_INVALID', message }, 'problem')
  }
  const answer = checker.check(body as Uint8Array)
  if (answer !== null) return { status: 200, body: await answer }
  const message = 'too many drift checks wait already; try again in a few seconds'
  const retry = { 'retry-after': RETRY_AFTER_SECONDS }
  return failureReply({ status: 429, code: 'TOO_BUSY', message, headers: retry }, 'problem')
}
