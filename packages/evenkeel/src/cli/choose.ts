import path from 'node:path'
import { type LoadedConfig, suggest } from '../config/index.ts'
import { EvenkeelError } from '../error.ts'

/** The model that was named, or the only one there is. */
export function chooseModel(loaded: LoadedConfig, named: string | undefined): string {
  return choose('model', Object.keys(loaded.config.models), named, loaded)
}

/** The source that was named, or the only one there is. */
export function chooseSource(loaded: LoadedConfig, named: string | undefined): string {
  return choose('source', Object.keys(loaded.config.sources), named, loaded)
}

function choose(kind: string, known: readonly string[], named: string | undefined, { file }: LoadedConfig): string {
  if (named !== undefined && known.includes(named)) return named
  const code = `CLI_UNKNOWN_${kind.toUpperCase()}`
  if (known.length === 0)
    throw new EvenkeelError(
      code,
      `${file ?? 'the configuration'} has no ${kind}; write a project from a file of yours with: evenkeel init <file>`,
    )
  if (named === undefined && known.length === 1) return known[0]!
  const list = known.join(', ')
  if (named === undefined)
    throw new EvenkeelError(code, `there are several ${kind}s: ${list}; name the one you mean`, { known })
  const meant = suggest(named, known)
  throw new EvenkeelError(
    code,
    `there is no ${kind} ${named} in ${file ?? 'the configuration'}; ${meant ? `did you mean ${meant}?` : `known: ${list}`}`,
    { found: named, known },
  )
}

/** Paths of the configuration start at its file, paths of the command line at the working directory. */
export function sourcePath(loaded: LoadedConfig, source: string): string | undefined {
  const written = loaded.config.sources[source]?.path
  return written === undefined ? undefined : path.resolve(loaded.rootDir, written)
}
