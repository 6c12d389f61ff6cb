import type { Config } from '../config/index.ts'
import { EvenkeelError, isEvenkeelError } from '../error.ts'
import { explain } from '../remediation/index.ts'
import { replay } from '../storage/index.ts'
import type { TrainingProgress } from '../training/index.ts'
import { ingestFile } from './ingest-file.ts'
import { labelFile } from './label-file.ts'
import { type Evenkeel, type OpenOptions, openEvenkeel } from './open.ts'
import type { OnProgress, Services } from './operations.ts'
import { predictFile } from './predict-file.ts'
import { serveHttp } from './serve.ts'
import { declareSources } from './sources.ts'
import { readStatus } from './status.ts'
import { trainModel } from './train-model.ts'

/**
 * Opens what a configuration names and gives it the verbs of a person.
 * @throws EvenkeelError STORAGE_LOCKED when another process, usually `evenkeel up`, has the data directory open
 */
export async function openServices(config: Config, options: Omit<OpenOptions, 'onProgress'> = {}): Promise<Services> {
  let listener: OnProgress = () => {}
  const onProgress = ({ stage, done, total }: TrainingProgress) => listener({ stage, done, total })
  const evenkeel = await openEvenkeel(config, { ...options, onProgress }).catch((error: unknown) => {
    throw isEvenkeelError(error, 'STORAGE_LOCKED') ? locked(config, error) : error
  })
  try {
    await declareSources(evenkeel)
  } catch (error) {
    await evenkeel.close()
    throw error
  }
  const { db, driver, journal } = evenkeel
  return {
    status: () => readStatus(evenkeel),
    countRows: (source) => countRows(evenkeel, source),
    ingest: (request) => ingestFile(evenkeel, request),
    train({ model, onProgress = () => {} }) {
      listener = onProgress
      return trainModel(evenkeel, model)
    },
    predict: (request) => predictFile(evenkeel, request),
    label: (request) => labelFile(evenkeel, request),
    explain: (about) => explain(db, config.project, about),
    replay: () => replay(db, journal.projections),
    async serve() {
      const server = await serveHttp(evenkeel)
      driver.start()
      return server
    },
    close: () => evenkeel.close(),
  }
}

function locked({ dataDir, server }: Config, error: EvenkeelError): EvenkeelError {
  const { holder } = error.details
  return new EvenkeelError(
    'STORAGE_LOCKED',
    `data directory ${dataDir} is in use by process ${holder}; if that is evenkeel up, ask it over HTTP (http://${server.host}:${server.port}/docs) or stop it first; or name another folder with --data`,
    error.details,
    error,
  )
}

const BATCHES_PER_PAGE = 500

async function countRows({ config, ingest }: Evenkeel, source: string): Promise<number> {
  let rows = 0
  for (const state of ['accepted', 'released'] as const) {
    let before: string | undefined
    do {
      const page = await ingest.listBatches({ project: config.project, source, state, before, limit: BATCHES_PER_PAGE })
      rows += page.reduce((sum, batch) => sum + batch.rows, 0)
      before = page.length === BATCHES_PER_PAGE ? page.at(-1)?.id : undefined
    } while (before !== undefined)
  }
  return rows
}
