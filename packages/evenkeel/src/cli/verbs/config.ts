import { randomBytes } from 'node:crypto'
import { type ExplainedSetting, explainConfig, hashKey } from '../../config/index.ts'
import { readConfig, type VerbContext } from '../context.ts'
import { EXIT } from '../failure.ts'
import { describeSpan } from '../progress.ts'

export async function runConfig(
  context: VerbContext,
  options: { readonly explain?: boolean; readonly newKey?: boolean },
): Promise<number> {
  if (options.newKey) return printNewKey(context)
  const loaded = await readConfig(context)
  const { terminal } = context
  const settings = explainConfig(loaded)
  terminal.data({ file: loaded.file, settings })
  terminal.say(loaded.file ? `configuration ${loaded.file}` : 'no configuration file: every setting has its default')
  terminal.say()
  const shown = options.explain ? settings : settings.filter(({ origin }) => origin !== 'default')
  for (const setting of shown) printSetting(context, setting, options.explain === true)
  if (!options.explain)
    terminal.note(`\n${settings.length - shown.length} more have their default; see them with --explain`)
  return EXIT.well
}

function printSetting({ terminal }: VerbContext, setting: ExplainedSetting, explain: boolean): void {
  const value = setting.value === null ? '(none)' : JSON.stringify(setting.value)
  const unit = setting.unit === null || setting.value === null ? '' : ` ${withSpan(setting)}`
  terminal.say(
    `${terminal.paint('bold', setting.setting)} = ${value}${unit}  ${terminal.paint('cyan', setting.origin)}`,
  )
  if (!explain) return
  const limits = setting.limits === null ? '' : ` (${setting.limits})`
  terminal.say(terminal.paint('dim', `    ${setting.description}${limits}`))
  terminal.say(terminal.paint('dim', `    ${setting.variable}`))
}

function withSpan({ unit, value }: ExplainedSetting): string {
  return unit === 'ms' && typeof value === 'number' && value >= 1_000 ? `ms (${describeSpan(value)})` : (unit ?? '')
}

/** 256 random bits; what is kept is only the hash. */
function printNewKey({ terminal }: VerbContext): number {
  const key = `ek_${randomBytes(32).toString('base64url')}`
  const sha256 = hashKey(key)
  terminal.data({ key, sha256 })
  terminal.say(`key     ${key}   (shown once: keep it where the caller finds it)`)
  terminal.say(`hash    ${sha256}`)
  terminal.say(`config  server: { apiKeys: [{ name: 'me', sha256: '${sha256}' }] }`)
  return EXIT.well
}
