import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { CONFIG_FILES, type Environment } from '../../config/index.ts'
import { EvenkeelError } from '../../error.ts'
import { type FileTable, readTable } from '../../report/index.ts'
import type { VerbContext } from '../context.ts'
import { EXIT } from '../failure.ts'
import { formatCount } from '../format.ts'
import { configFile, GITIGNORE, type ProjectPlan, readmeFile, spanWords } from '../init/files.ts'
import { guessProject, type InitWishes } from '../init/guess.ts'
import type { Terminal } from '../terminal.ts'

export interface InitRequest extends InitWishes {
  readonly file: string
  readonly dir: string | undefined
}

const MAX_NAME_LENGTH = 60

/** Writes a project from a table: says what it guessed, overwrites nothing. */
export async function runInit({ host, terminal }: VerbContext, request: InitRequest): Promise<number> {
  const file = path.resolve(host.cwd, request.file)
  const model = request.model ?? nameOf(file)
  checkName(model)
  const dir = path.resolve(host.cwd, request.dir ?? model)
  const types: Record<string, 'time'> = request.time === undefined ? {} : { [request.time]: 'time' }
  const table = await readTable(file, { hints: { types } })
  const guess = guessProject(table, request)
  const dataPath = dataPathFrom(dir, file)
  const plan: ProjectPlan = { model, dataPath, guess }
  const files = {
    'evenkeel.config.ts': configFile(plan),
    'README.md': readmeFile(plan, table),
    '.gitignore': GITIGNORE,
  }
  checkFree(dir, Object.keys(files))
  mkdirSync(dir, { recursive: true })
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(dir, name), text, { flag: 'wx' })
  terminal.data({ dir, files: Object.keys(files), model, data: dataPath, ...guess })
  printProject(terminal, { plan, table, dir: path.relative(host.cwd, dir) || '.', program: programOf(host.env) })
  return EXIT.well
}

/** Beside the project the path is relative, so that both can move together; further away it is plain. */
function dataPathFrom(dir: string, file: string): string {
  const relative = path.relative(dir, file)
  const isNear = !relative.startsWith(path.join('..', '..'))
  return (isNear ? relative : file).replaceAll(path.sep, '/')
}

function nameOf(file: string): string {
  const stem = path
    .basename(file)
    .replace(/\.gz$/i, '')
    .replace(/\.[a-z]+$/i, '')
  const name = stem
    .toLowerCase()
    .replaceAll(/[^a-z0-9_]+/g, '-')
    .replaceAll(/^[-_]+|[-_]+$/g, '')
    .slice(0, MAX_NAME_LENGTH)
  return name || 'model'
}

function checkName(model: string): void {
  if (/^[a-z0-9][a-z0-9_.-]{0,62}$/i.test(model)) return
  throw new EvenkeelError(
    'INIT_NAME',
    `--model ${JSON.stringify(model)} is no name, expected letters, digits, and - _ . between them`,
    { model },
  )
}

function checkFree(dir: string, names: readonly string[]): void {
  if (!existsSync(dir)) return
  if (!statSync(dir).isDirectory())
    throw new EvenkeelError(
      'INIT_EXISTS',
      `${dir} is a file, expected a folder or nothing; name another one: evenkeel init <file> <dir>`,
      { dir },
    )
  const there = readdirSync(dir).filter((name) => names.includes(name) || CONFIG_FILES.includes(name))
  if (there.length > 0)
    throw new EvenkeelError(
      'INIT_EXISTS',
      `${dir} has ${there.join(', ')} already, and nothing is overwritten; name another folder: evenkeel init <file> <dir>`,
      { dir, there },
    )
}

/** What the person typed, so that the next commands can be copied. */
function programOf(env: Environment): string {
  return env['npm_command'] === 'exec' ? 'npx evenkeel' : 'evenkeel'
}

function printProject(
  terminal: Terminal,
  {
    plan,
    table,
    dir,
    program,
  }: {
    readonly plan: ProjectPlan
    readonly table: FileTable
    readonly dir: string
    readonly program: string
  },
): void {
  const { guess, model } = plan
  const features = [...guess.numeric, ...guess.categorical]
  terminal.say(
    `${table.name}: ${formatCount(table.batch.rows)} rows, ${table.schema.columns.length} columns (${table.format})`,
  )
  terminal.say()
  terminal.say(`  label   ${guess.label}, ${guess.task} (${guess.labelWhy}; another one: --label, --task)`)
  terminal.say(
    guess.time === null
      ? '  time    none found: rows count as they come (if there is one: --time)'
      : `  time    ${guess.time}, judged in windows of ${spanWords(guess.windowMs ?? 0)} (another one: --time${guess.otherTimes.length > 0 ? `, such as ${abridge(guess.otherTimes)}` : ''})`,
  )
  terminal.say(`  entity  ${guess.entity ?? 'none found: every row stands for itself'} (another one: --entity)`)
  terminal.say(`  from    ${features.length} columns: ${abridge(features)}`)
  for (const { column, why } of guess.leftOut) terminal.say(`  without ${column}: ${why}`)
  for (const warning of guess.warnings) terminal.say(terminal.paint('yellow', `  look at ${warning}`))
  terminal.say()
  terminal.say(`Written to ${dir}: evenkeel.config.ts, README.md, .gitignore. Next:`)
  terminal.say()
  if (dir !== '.') terminal.say(`  cd ${dir}`)
  for (const verb of ['train', 'up', `predict ${model} ${plan.dataPath}`]) terminal.say(`  ${program} ${verb}`)
}

const NAMES_SHOWN = 8

function abridge(names: readonly string[]): string {
  const rest = names.length - NAMES_SHOWN
  return rest <= 0 ? names.join(', ') : `${names.slice(0, NAMES_SHOWN).join(', ')} and ${rest} more`
}
