import { existsSync, readFileSync, statSync } from 'node:fs'
import { registerHooks } from 'node:module'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { EvenkeelError } from '../error.ts'

export const CONFIG_FILES = [
  'evenkeel.config.ts',
  'evenkeel.config.mts',
  'evenkeel.config.js',
  'evenkeel.config.mjs',
  'evenkeel.config.json',
  'evenkeel.config.yaml',
  'evenkeel.config.yml',
]

/** The configuration file: the one named, or the one in `cwd`; null when there is none. */
export function findConfigFile(cwd: string, named: string | undefined): string | null {
  if (named !== undefined) return namedFile(path.resolve(cwd, named))
  const found = CONFIG_FILES.filter((file) => existsSync(path.join(cwd, file)))
  if (found.length > 1)
    throw new EvenkeelError(
      'CONFIG_AMBIGUOUS',
      `${cwd} has ${found.join(' and ')}; keep one, or name the one you mean with --config`,
      { found },
    )
  return found[0] === undefined ? null : path.join(cwd, found[0])
}

function namedFile(file: string): string {
  if (!existsSync(file))
    throw new EvenkeelError(
      'CONFIG_NOT_FOUND',
      `there is no configuration file ${file}; check --config or EVENKEEL_CONFIG`,
      { file },
    )
  return statSync(file).isDirectory() ? (findConfigFile(file, undefined) ?? missingIn(file)) : file
}

function missingIn(dir: string): never {
  throw new EvenkeelError(
    'CONFIG_NOT_FOUND',
    `there is no evenkeel.config.ts, .json or .yaml in ${dir}; make one with: evenkeel init <file>`,
    { dir },
  )
}

/** What the file says, as a plain value that is not yet checked. */
export async function readConfigFile(file: string): Promise<unknown> {
  try {
    if (/\.json$/.test(file)) return JSON.parse(readFileSync(file, 'utf8'))
    if (/\.ya?ml$/.test(file)) return (await import('yaml')).parse(readFileSync(file, 'utf8')) ?? {}
    return await importConfig(file)
  } catch (cause) {
    if (cause instanceof EvenkeelError) throw cause
    const found = cause instanceof Error ? cause.message.split('\n')[0] : String(cause)
    throw new EvenkeelError('CONFIG_UNREADABLE', `cannot read ${file}: ${found}`, { file, found }, cause)
  }
}

async function importConfig(file: string): Promise<unknown> {
  answerToOwnName()
  const loaded = (await import(pathToFileURL(file).href)) as { default?: unknown }
  if (loaded.default !== undefined) return loaded.default
  throw new EvenkeelError(
    'CONFIG_UNREADABLE',
    `${file} has no default export; write: export default defineConfig({ … })`,
    { file },
  )
}

let answering = false

/**
 * Lets `import { defineConfig } from 'evenkeel'` work in any folder: with npx or a global install the package that runs
 * is not in the project's own node_modules.
 */
function answerToOwnName(): void {
  if (answering) return
  answering = true
  const own = new URL(`../index${path.extname(import.meta.url)}`, import.meta.url).href
  registerHooks({
    resolve: (specifier, context, next) =>
      specifier === 'evenkeel' ? { url: own, shortCircuit: true } : next(specifier, context),
  })
}
