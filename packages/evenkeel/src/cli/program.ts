import { Command, InvalidArgumentError, Option, type OptionValues } from 'commander'
import type { GlobalOptions, VerbContext } from './context.ts'
import type { InitWishes } from './init/guess.ts'

/** Runs a verb once its options are known; set by `runCli`. */
export type RunVerb = (options: GlobalOptions, verb: (context: VerbContext) => Promise<number>) => Promise<void>

/** All verbs, their options and their help. The work behind a verb is loaded only when it is called. */
export function createProgram(version: string, run: RunVerb): Command {
  const program = new Command('evenkeel')
    .description('Keeps production machine-learning models on an even keel.')
    .version(version, '--version', 'print the version')
    .option('--config <file>', 'configuration file, or the folder it is in')
    .option('--data <dir>', 'data directory, instead of the configured one')
    .option('--json', 'print the result as JSON')
    .option('--quiet', 'print the result only: no progress, no remarks')
    .option('--no-color', 'print without colours (as does NO_COLOR)')
    .helpCommand(false)
    .addHelpText('after', EXIT_CODES)
  addProjectVerbs(program, run)
  addDataVerbs(program, run)
  addInsightVerbs(program, run)
  return program
}

const EXIT_CODES = `
Exit codes: 0 done and well, 1 done and not well, 2 wrong use, 3 could not be done.

Start here:
  evenkeel demo                     a true story on real data, in three minutes
  evenkeel init flights.csv         a working project from a file of yours
  evenkeel report old.csv new.csv   what changed between two files`

const examples = (...lines: readonly string[]) => `\nExamples:\n${lines.map((line) => `  evenkeel ${line}`).join('\n')}`

/** Options of a verb together with the global ones, in the type the verb expects. */
function optionsOf<T>(command: Command): T & GlobalOptions {
  return command.optsWithGlobals<OptionValues>() as T & GlobalOptions
}

function addProjectVerbs(program: Command, run: RunVerb): void {
  program
    .command('init <file> [dir]')
    .description('write a working project from a CSV, Parquet, Arrow, JSON or NDJSON file')
    .option('--label <column>', 'column to predict; guessed when left out')
    .addOption(
      new Option('--task <task>', 'what to predict; guessed from the label when left out').choices([
        'binary',
        'multiclass',
        'regression',
      ]),
    )
    .option('--time <column>', 'column with the time of the event; guessed when left out')
    .option('--entity <column>', 'column that names what a row is about; guessed when left out')
    .option('--model <name>', 'name of the model; the name of the file when left out')
    .addHelpText('after', examples('init flights.csv', 'init flights.parquet flights --label late --time departed_at'))
    .action((file: string, dir: string | undefined, _: unknown, command: Command) => {
      const options = optionsOf<InitWishes>(command)
      return run(options, async (context) =>
        (await import('./verbs/init.ts')).runInit(context, { ...options, file, dir }),
      )
    })
  program
    .command('up')
    .description('run the server and the loop until Ctrl-C')
    .addHelpText('after', examples('up', 'up --config production.config.ts', 'up --data /var/lib/evenkeel'))
    .action((_: unknown, command: Command) =>
      run(optionsOf(command), async (context) => (await import('./verbs/up.ts')).runUp(context)),
    )
  program
    .command('demo')
    .description('replay five months of real flights with three injected incidents')
    .addHelpText('after', examples('demo', 'demo --json'))
    .action((_: unknown, command: Command) =>
      run(optionsOf(command), async (context) => (await import('./verbs/demo.ts')).runDemo(context)),
    )
  program
    .command('config')
    .description('print the configuration that holds here')
    .option('--explain', 'every setting: value, where it came from, unit, limits, environment variable')
    .option('--new-key', 'make an API key and its hash')
    .addHelpText('after', examples('config', 'config --explain', 'config --new-key'))
    .action((_: unknown, command: Command) => {
      const options = optionsOf<{ explain?: boolean; newKey?: boolean }>(command)
      return run(options, async (context) => (await import('./verbs/config.ts')).runConfig(context, options))
    })
}

function addDataVerbs(program: Command, run: RunVerb): void {
  program
    .command('ingest <file>')
    .description('bring in a file: it is judged, then accepted or quarantined')
    .option('--source <name>', 'source it belongs to; may be left out when there is only one')
    .addHelpText('after', examples('ingest march.csv --source flights'))
    .action((file: string, _: unknown, command: Command) => {
      const options = optionsOf<{ source?: string }>(command)
      return run(options, async (context) =>
        (await import('./verbs/ingest.ts')).runIngest(context, { file, source: options.source }),
      )
    })
  program
    .command('train [model]')
    .description('train a version on the accepted rows; the first one becomes champion')
    .addHelpText('after', examples('train', 'train flights --json'))
    .action((model: string | undefined, _: unknown, command: Command) =>
      run(optionsOf(command), async (context) => (await import('./verbs/train.ts')).runTrain(context, model)),
    )
  program
    .command('predict <model> <file>')
    .description('predict the rows of a file; the predictions are remembered')
    .option('--out <file>', 'write a CSV file instead of printing')
    .addHelpText('after', examples('predict flights april.csv', 'predict flights april.csv --out predictions.csv'))
    .action((model: string, file: string, _: unknown, command: Command) => {
      const options = optionsOf<{ out?: string }>(command)
      return run(options, async (context) =>
        (await import('./verbs/predict.ts')).runPredict(context, { model, file, out: options.out }),
      )
    })
  program
    .command('label <model> <file>')
    .description('bring in what turned out to be true')
    .addHelpText('after', examples('label flights april-outcomes.csv'))
    .action((model: string, file: string, _: unknown, command: Command) =>
      run(optionsOf(command), async (context) => (await import('./verbs/label.ts')).runLabel(context, { model, file })),
    )
}

function addInsightVerbs(program: Command, run: RunVerb): void {
  program
    .command('status')
    .description('models, alerts, incidents and remedies at a glance')
    .addHelpText('after', examples('status', 'status --json'))
    .action((_: unknown, command: Command) =>
      run(optionsOf(command), async (context) => (await import('./verbs/status.ts')).runStatus(context)),
    )
  program
    .command('explain <about>')
    .description('how an alert, version, remedy or batch came about, from the first cause to the last effect')
    .addHelpText('after', examples('explain flights@3', 'explain 0f8c4c4e-3f54-4c52-9a5f-2f2d2f9b7f10'))
    .action((about: string, _: unknown, command: Command) =>
      run(optionsOf(command), async (context) => (await import('./verbs/explain.ts')).runExplain(context, about)),
    )
  program
    .command('replay')
    .description('rebuild the tables of the control plane from the journal')
    .addHelpText('after', `${examples('replay')}\n\nExit code 1 when a table was not what the journal says.`)
    .action((_: unknown, command: Command) =>
      run(optionsOf(command), async (context) => (await import('./verbs/replay.ts')).runReplay(context)),
    )
  program
    .command('report <reference> <current>')
    .description('what changed between two files: CSV, Parquet, Arrow, JSON or NDJSON')
    .option('--html <file>', 'write a self-contained page')
    .option('--markdown <file>', 'write Markdown; - prints it')
    .option('--ignore <columns...>', 'columns that are not to be judged, such as a label the new rows do not have yet')
    .option('--min-rows <n>', 'rows below which a column is unknown', wholeNumber)
    .option('--floor <nats>', 'change (PSI beyond noise) too small to speak of', number)
    .addHelpText(
      'after',
      `${examples('report january.csv march.csv', 'report january.parquet march.parquet --html drift.html')}

Exit codes: 0 steady, 1 shifted, 2 wrong use, 3 could not tell.`,
    )
    .action((reference: string, current: string, _: unknown, command: Command) => {
      const options = optionsOf<{
        html?: string
        markdown?: string
        ignore?: string[]
        minRows?: number
        floor?: number
      }>(command)
      return run(options, async (context) =>
        (await import('./verbs/report.ts')).runReport(context, { ...options, reference, current }),
      )
    })
}

function wholeNumber(text: string): number {
  const value = Number(text)
  if (Number.isInteger(value) && value > 0) return value
  throw new InvalidArgumentError('expected a whole number above 0')
}

function number(text: string): number {
  const value = Number(text)
  if (text.trim() !== '' && Number.isFinite(value) && value >= 0) return value
  throw new InvalidArgumentError('expected a number of 0 or more')
}
