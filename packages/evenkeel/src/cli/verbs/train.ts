import type { LoadedConfig, ModelConfig } from '../../config/index.ts'
import { EvenkeelError } from '../../error.ts'
import { chooseModel, sourcePath } from '../choose.ts'
import { type VerbContext, withServices } from '../context.ts'
import { EXIT } from '../failure.ts'
import { formatCount, formatFigure } from '../format.ts'
import type { OnProgress, Services, TrainOutcome } from '../parts.ts'
import type { Terminal } from '../terminal.ts'
import { printIngest } from './ingest.ts'

export async function runTrain(context: VerbContext, named: string | undefined): Promise<number> {
  const outcome = await withServices(context, async (services, loaded, onProgress) => {
    const model = chooseModel(loaded, named)
    await readFirstRows({ context, services, loaded, onProgress, model: loaded.config.models[model]! })
    return services.train({ model, onProgress })
  })
  context.terminal.data(outcome)
  printTraining(context.terminal, outcome)
  return outcome.version === null ? EXIT.notWell : EXIT.well
}

interface FirstRows {
  readonly context: VerbContext
  readonly services: Services
  readonly loaded: LoadedConfig
  readonly onProgress: OnProgress
  readonly model: ModelConfig
}

/** A new project has a file and no rows yet: read the file, as anyone would expect of `train`. */
async function readFirstRows({ context, services, loaded, onProgress, model }: FirstRows): Promise<void> {
  const { source } = model
  if ((await services.countRows(source)) > 0) return
  const file = sourcePath(loaded, source)
  if (file === undefined)
    throw new EvenkeelError(
      'CLI_NO_ROWS',
      `source ${source} has no accepted rows to train on; bring some with: evenkeel ingest <file> --source ${source}`,
      { source },
    )
  const outcome = await services.ingest({ source, file, onProgress })
  if (outcome.verdict === 'quarantined')
    throw new EvenkeelError(
      'CLI_QUARANTINED',
      `${file} was quarantined: ${outcome.reasons.join(', ')}; mend the file, or the columns of sources.${source}, and ingest it again`,
      { ...outcome },
    )
  printIngest(context.terminal, outcome)
}

function printTraining(terminal: Terminal, outcome: TrainOutcome): void {
  if (outcome.version === null) {
    terminal.say(`${terminal.paint('red', 'failed')}: ${outcome.model} was not trained: ${outcome.reason}`)
    return
  }
  const isChampion = outcome.champion === outcome.version
  const standing = isChampion ? terminal.paint('green', 'champion') : `champion stays ${outcome.champion ?? 'nobody'}`
  terminal.say(
    `${outcome.model} version ${outcome.version}: ${standing}${outcome.reason ? ` (${outcome.reason})` : ''}`,
  )
  terminal.table(
    [
      { title: 'measure', shrinkTo: 10 },
      { title: 'value', align: 'right' },
      { title: 'interval' },
      { title: 'rows', align: 'right' },
    ],
    inOrder(outcome.metrics).map(([name, { value, low, high, rows }]) => [
      name,
      formatFigure(value),
      `${formatFigure(low)} to ${formatFigure(high)}`,
      formatCount(rows),
    ]),
  )
}

/** What a person looks for first; the rest in the order of the alphabet. */
const FIRST = ['rocAuc', 'averagePrecision', 'logLoss', 'brier', 'accuracy', 'baseRate', 'mae', 'rmse', 'r2', 'bias']

function inOrder<T>(metrics: Readonly<Record<string, T>>): [string, T][] {
  const rank = (name: string) => (FIRST.includes(name) ? FIRST.indexOf(name) : FIRST.length)
  return Object.entries(metrics).sort(([a], [b]) => rank(a) - rank(b) || a.localeCompare(b))
}
