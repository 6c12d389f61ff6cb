import { type LoadedConfig, loadConfig } from '../config/index.ts'
import { isEvenkeelError } from '../error.ts'
import type { CliHost } from './host.ts'
import type { OnProgress, Parts, Services } from './parts.ts'
import { createProgressBar } from './progress.ts'
import type { Terminal } from './terminal.ts'

/** Options every verb takes. */
export interface GlobalOptions {
  readonly config?: string
  readonly data?: string
  readonly json?: boolean
  readonly quiet?: boolean
  readonly color?: boolean
}

/** What a verb works with. */
export interface VerbContext {
  readonly host: CliHost
  readonly terminal: Terminal
  readonly parts: Parts
  readonly options: GlobalOptions
}

export async function readConfig({ host, options, terminal }: VerbContext): Promise<LoadedConfig> {
  const loaded = await loadConfig({ cwd: host.cwd, env: host.env, file: options.config, dataDir: options.data })
  for (const warning of loaded.warnings) terminal.note(`warning: ${warning}`)
  return loaded
}

/** Opens what the configuration names, works, and closes it whatever happens. */
export async function withServices<T>(
  context: VerbContext,
  work: (services: Services, loaded: LoadedConfig, onProgress: OnProgress) => Promise<T>,
): Promise<T> {
  const loaded = await readConfig(context)
  const services = await openOrAsk(context, loaded)
  const bar = createProgressBar(context.terminal.progressScreen)
  try {
    return await work(services, loaded, bar.onProgress)
  } finally {
    bar.finish()
    await services.close()
  }
}

/** While `evenkeel up` has the data directory open, the command asks it instead. */
async function openOrAsk({ parts, host }: VerbContext, { config }: LoadedConfig): Promise<Services> {
  try {
    return await parts.open(config)
  } catch (error) {
    const { createClient, readAddress, servicesOf } = await import('./running/index.ts')
    const address = isEvenkeelError(error, 'STORAGE_LOCKED') ? readAddress(config.dataDir) : null
    if (address === null) throw error
    return servicesOf(createClient(address, host.env['EVENKEEL_API_KEY']), address, config)
  }
}
