import { DAY_MS, HOUR_MS } from '../../clock.ts'
import type { FileTable } from '../../report/index.ts'
import type { ProjectGuess } from './guess.ts'

export interface ProjectPlan {
  readonly model: string
  /** The data file, as seen from the project's folder. */
  readonly dataPath: string
  readonly guess: ProjectGuess
}

/** Rows below which nothing is trained by default. */
const DEFAULT_MIN_ROWS = 100

/** The configuration: plain enough to be read and changed by hand. */
export function configFile({ model, dataPath, guess }: ProjectPlan): string {
  const columns = [
    { name: guess.label, role: 'label', why: '' },
    ...(guess.time === null ? [] : [{ name: guess.time, role: 'time', why: '' }]),
    ...(guess.entity === null ? [] : [{ name: guess.entity, role: 'entity', why: '' }]),
    ...guess.leftOut.map(({ column, role, why }) => ({ name: column, role, why: ` // ${oneLine(why)}` })),
  ]
  return `import { defineConfig } from 'evenkeel'

// Every setting, its default and its limits: evenkeel config --explain
export default defineConfig({
  sources: {
    ${key(model)}: {
      path: ${quote(dataPath)},
      columns: {
${columns.map(({ name, role, why }) => `        ${key(name)}: { role: '${role}' },${why}`).join('\n')}
      },
    },
  },
  models: {
    ${key(model)}: {
      source: ${quote(model)},
      label: ${quote(guess.label)},
      task: '${guess.task}',
      features: {
${[
  ...(guess.time === null ? [] : [`        time: ${quote(guess.time)},`]),
  ...(guess.entity === null ? [] : [`        entity: ${quote(guess.entity)},`]),
  `        numeric: ${list(guess.numeric)},`,
  `        categorical: ${list(guess.categorical)},`,
].join('\n')}
      },${extras(guess)}
    },
  },
})
`
}

function extras(guess: ProjectGuess): string {
  const training =
    guess.rows < 2 * DEFAULT_MIN_ROWS
      ? [`      training: { minRows: ${Math.max(20, Math.floor(guess.rows / 2))} },`]
      : []
  const monitors =
    guess.windowMs === null
      ? []
      : [
          `      monitors: { windowMs: ${spanExpression(guess.windowMs)} }, // ${spanWords(guess.windowMs)}: some hundreds of rows`,
        ]
  const lines = [...training, ...monitors]
  return lines.length === 0 ? '' : `\n${lines.join('\n')}`
}

function spanExpression(ms: number): string {
  return ms % DAY_MS === 0 ? `${ms / DAY_MS} * 24 * 60 * 60 * 1000` : `${ms / HOUR_MS} * 60 * 60 * 1000`
}

export function spanWords(ms: number): string {
  const [count, unit] = ms % DAY_MS === 0 ? [ms / DAY_MS, 'day'] : [ms / HOUR_MS, 'hour']
  return `${count} ${unit}${count === 1 ? '' : 's'}`
}

const LINE_WIDTH = 100

function list(names: readonly string[]): string {
  const flat = `[${names.map(quote).join(', ')}]`
  if (flat.length < LINE_WIDTH) return flat
  return `[\n${names.map((name) => `          ${quote(name)},`).join('\n')}\n        ]`
}

function key(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : quote(name)
}

function quote(text: string): string {
  return `'${JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ')
}

export const GITIGNORE = '# the database, the lake and the models\n.evenkeel/\n'

/** What to do next, with a request that works as it stands. */
export function readmeFile({ model, dataPath, guess }: ProjectPlan, table: FileTable): string {
  const body = JSON.stringify({ rows: [exampleRow(guess, table)] })
  return `# ${model}

Predicts \`${guess.label}\` (${guess.task}) from ${guess.numeric.length + guess.categorical.length} columns of \`${dataPath}\`, kept on an even keel by Evenkeel.

\`\`\`sh
evenkeel train        # reads the file, has it judged, trains the first version
evenkeel up           # serves it and watches it, until Ctrl-C
curl -s http://127.0.0.1:8080/v1/models/${model}/predict -H 'content-type: application/json' \\
  -d ${shellQuote(body)}
\`\`\`

What was guessed stands in \`evenkeel.config.ts\`; change it there. \`evenkeel config --explain\` prints every setting.
When new rows come: \`evenkeel ingest <file>\`. When you learn what was true: \`evenkeel label ${model} <file>\`.
Over HTTP a label names its prediction: \`POST /v1/models/${model}/labels\` with
\`{"labels": [{"id": "…", "label": ${exampleLabel(guess, table)}}]}\`, the id as the prediction gave it.
How it is doing: \`evenkeel status\`, or http://127.0.0.1:8080 while it is up. Where \`evenkeel\` is not found, write \`npx evenkeel\`.
`
}

function exampleLabel(guess: ProjectGuess, { batch }: FileTable): string {
  const value = batch.columns[guess.label]!.values.find((each) => each !== null && !Number.isNaN(each)) ?? null
  return JSON.stringify(guess.task === 'regression' || value === null ? value : String(value))
}

function exampleRow(
  guess: ProjectGuess,
  { batch, schema }: FileTable,
): Readonly<Record<string, string | number | null>> {
  const names = [
    ...(guess.entity === null ? [] : [guess.entity]),
    ...(guess.time === null ? [] : [guess.time]),
    ...guess.numeric,
    ...guess.categorical,
  ]
  return Object.fromEntries(
    names.map((name) => {
      const value = batch.columns[name]!.values[0]!
      if (typeof value !== 'number') return [name, value]
      const isTime = schema.columns.some((column) => column.name === name && column.type === 'time')
      return [name, Number.isNaN(value) ? null : isTime ? new Date(value).toISOString() : value]
    }),
  )
}

function shellQuote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}
