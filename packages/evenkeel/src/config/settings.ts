import * as z from 'zod'
import { configSchema } from './schema.ts'

/** The part of a JSON schema that the settings use. */
export interface SettingNode {
  readonly type?: string
  readonly description?: string
  readonly unit?: string
  readonly secret?: boolean
  readonly minimum?: number
  readonly maximum?: number
  readonly minItems?: number
  readonly maxItems?: number
  readonly enum?: readonly string[]
  readonly properties?: Readonly<Record<string, SettingNode>>
  readonly additionalProperties?: SettingNode | false
  readonly items?: SettingNode
}

/** A single setting: where it stands and what the schema says of it. */
export interface Setting {
  readonly path: readonly string[]
  readonly node: SettingNode
}

let root: SettingNode | undefined

/** The schema as a tree that can be walked, made from the one in `schema.ts`. */
function settingsTree(): SettingNode {
  root ??= z.toJSONSchema(configSchema, { io: 'input', unrepresentable: 'any' }) as SettingNode
  return root
}

/** Every single setting, in order; of maps (sources, models) those of the names in `config`. */
export function listSettings(config: unknown): readonly Setting[] {
  return walk(settingsTree(), [], config)
}

function walk(node: SettingNode, path: readonly string[], value: unknown): readonly Setting[] {
  if (node.properties)
    return Object.entries(node.properties).flatMap(([key, child]) => walk(child, [...path, key], valueAt(value, [key])))
  if (!node.additionalProperties) return [{ path, node }]
  const child = node.additionalProperties
  const names = Object.keys(isRecord(value) ? value : {})
  return names.length === 0
    ? [{ path, node }]
    : names.flatMap((name) => walk(child, [...path, name], valueAt(value, [name])))
}

/** The node of the object at `path`, where unknown keys were found; undefined when the path leads nowhere. */
export function nodeAt(path: readonly PropertyKey[]): SettingNode | undefined {
  let node: SettingNode | undefined = settingsTree()
  for (const key of path) {
    if (!node) return undefined
    if (typeof key === 'number') node = node.items
    else node = node.properties?.[String(key)] ?? (node.additionalProperties || undefined)
  }
  return node
}

export function valueAt(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (at, key) => (Array.isArray(at) ? at[Number(key)] : isRecord(at) ? at[key] : undefined),
    value,
  )
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
