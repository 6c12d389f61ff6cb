import type { FeatureView } from '../features/index.ts'
import { variableOf } from './environment.ts'
import type { LoadedConfig, Origin } from './load.ts'
import { isRecord, listSettings, type SettingNode, valueAt } from './settings.ts'

/** One line of `evenkeel config --explain`. */
export interface ExplainedSetting {
  readonly setting: string
  /** Secrets show as `(secret)`, code as `(code)`. */
  readonly value: unknown
  readonly origin: Origin
  readonly variable: string
  readonly unit: string | null
  readonly limits: string | null
  readonly description: string
}

/** Every setting with its value, where it came from, its unit and its limits. */
export function explainConfig(loaded: LoadedConfig): readonly ExplainedSetting[] {
  return listSettings(loaded.config).map(({ path, node }) => ({
    setting: path.join('.'),
    value: redact(valueAt(loaded.config, path), node),
    origin: loaded.originOf(path),
    variable: variableOf(path),
    unit: node.unit ?? null,
    limits: limitsOf(node),
    description: node.description ?? '',
  }))
}

/** Plain JSON of a value, with secrets taken out and code named. */
function redact(value: unknown, node?: SettingNode): unknown {
  if (value === undefined) return null
  if (node?.secret) return '(secret)'
  if (isView(value)) return `(view ${value.name}: ${value.features.map(({ name }) => name).join(', ')})`
  if (Array.isArray(value)) return value.map((item) => redact(item, node?.items))
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).map(([key, child]) => [
    key,
    redact(child, node?.properties?.[key] ?? (node?.additionalProperties || undefined)),
  ])
  return Object.fromEntries(entries)
}

function isView(value: unknown): value is FeatureView {
  return isRecord(value) && Array.isArray(value['features']) && typeof value['features'][0]?.compute === 'function'
}

function limitsOf(node: SettingNode): string | null {
  if (node.enum) return node.enum.join(' | ')
  if (node.minimum !== undefined && node.maximum !== undefined) return `${node.minimum} to ${node.maximum}`
  if (node.maxItems !== undefined) return `${node.minItems ?? 0} to ${node.maxItems} entries`
  return null
}
