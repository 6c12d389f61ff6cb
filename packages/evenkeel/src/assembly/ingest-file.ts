import { createHash } from 'node:crypto'
import { createReadStream, readFileSync, statSync } from 'node:fs'
import type { Receipt } from '../ingest/index.ts'
import type { CheckResult } from '../quality/index.ts'
import { fileFormat } from '../report/index.ts'
import { readPieces } from './files.ts'
import type { Evenkeel } from './open.ts'
import type { IngestOutcome, OnProgress } from './operations.ts'

/** Files up to this size come in as one batch, with their bytes kept as they were; larger ones in pieces. */
const WHOLE_BYTES = 32 * 1024 * 1024
const ROWS_PER_PIECE = 200_000

interface IngestRequest {
  readonly source: string
  readonly file: string
  readonly onProgress?: OnProgress
}

/**
 * Brings a file in and waits for the verdict. The same file under the same settings of its source is the same delivery,
 * so that a command that was cut off can be given again.
 */
export async function ingestFile(evenkeel: Evenkeel, request: IngestRequest): Promise<IngestOutcome> {
  const receipts: Receipt[] = []
  for await (const receipt of receive(evenkeel, request)) receipts.push(receipt)
  await evenkeel.driver.settle()
  const judged = await Promise.all(receipts.map((receipt) => judgementOf(evenkeel, receipt)))
  const told = judged.find(({ verdict }) => verdict === 'quarantined') ?? judged[0]!
  return {
    batch: told.batch,
    source: request.source,
    rows: receipts.reduce((sum, { rows }) => sum + rows, 0),
    verdict: told.verdict,
    reasons: receipts.length === 1 ? told.reasons : judged.flatMap(inPieces),
  }
}

async function* receive(evenkeel: Evenkeel, { source, file, onProgress }: IngestRequest): AsyncGenerator<Receipt> {
  const { ingest, config } = evenkeel
  const { project } = config
  const format = fileFormat(file)
  const key = await keyOf(file, config.sources[source])
  if (statSync(file).size <= WHOLE_BYTES) {
    yield await ingest.receive({ project, source, bytes: readFileSync(file), format, idempotencyKey: key })
    return
  }
  for await (const { batch, firstRow } of readPieces(file, { limits: config.ingest, rowsPerPiece: ROWS_PER_PIECE })) {
    yield await ingest.receive({ project, source, batch, idempotencyKey: `${key}:${firstRow}` })
    onProgress?.({ stage: 'ingest', done: firstRow + batch.rows, total: null })
  }
}

/** Other settings (a column's type, a check) may lead to another verdict, so they make another delivery. */
async function keyOf(file: string, settings: unknown): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify(settings ?? null))
  for await (const bytes of createReadStream(file)) hash.update(bytes as Buffer)
  return `file:${hash.digest('hex')}`
}

interface Judgement {
  readonly batch: string
  readonly verdict: IngestOutcome['verdict']
  readonly reasons: readonly string[]
}

async function judgementOf({ quality, config }: Evenkeel, { batch: id, repeated }: Receipt): Promise<Judgement> {
  const { batch, verdict } = await quality.describe(id, config.project)
  const again = repeated ? ['this file came in before, and was not taken twice'] : []
  const held = batch.state === 'quarantined' || batch.state === 'arrived'
  const waiting = batch.state === 'arrived' ? ['it could not be judged yet; evenkeel up judges it when it runs'] : []
  const reasons = [...again, ...waiting, ...reasonsOf(verdict?.results ?? [])]
  return { batch: id, verdict: held ? 'quarantined' : 'accepted', reasons }
}

/**
 * What failed; where nothing did, what held the batch because it could not be told. Of the rest that could not, how many
 * and the first: a column that is not there fails once, and is not said again by every check that would have read it.
 */
export function reasonsOf(results: readonly CheckResult[]): readonly string[] {
  const failed = results.filter(({ outcome }) => outcome === 'failed')
  const untold = results.filter(({ outcome }) => outcome === 'unknown')
  const holding = failed.length > 0 ? [] : untold.filter(({ severity }) => severity === 'fail')
  const open = untold.filter((result) => !holding.includes(result))
  const rest = open.length > 1 ? ` (and ${open.length - 1} checks more)` : ''
  return [
    ...[...failed, ...holding].map(({ reason }) => reason),
    ...open.slice(0, 1).map(({ reason }) => `${reason}${rest}`),
  ]
}

function inPieces({ reasons }: Judgement, piece: number): readonly string[] {
  return reasons.map((reason) => `piece ${piece + 1}: ${reason}`)
}
