import type { Instant } from '../clock.ts'
import type { ModelVersion } from '../registry/index.ts'
import type { InvalidRequest, LabelRequest } from './request.ts'
import { invalid, parseInstant } from './validate.ts'

const MAX_KEY_CHARS = 200
/** A frame is recorded in one transaction. */
const LABELS_PER_FRAME = 5_000

/** Validates labels against the champion's classes and writes them as frames of the spool; all of them or none. */
export function prepareLabels(
  version: ModelVersion,
  labels: readonly LabelRequest[],
  context: { readonly now: Instant; readonly maxRows: number },
): readonly string[] | InvalidRequest {
  if (!Array.isArray(labels) || labels.length === 0)
    return invalid('LABELS_ABSENT', null, 'labels', labels, 'an array of at least one label')
  if (labels.length > context.maxRows)
    return invalid('TOO_MANY_ROWS', null, 'labels', labels, `at most ${context.maxRows} labels in one request`)
  const prefix = `["l",${JSON.stringify(version.project)},${JSON.stringify(version.model)},`
  const frames: string[] = []
  let frame = ''
  for (const [index, label] of labels.entries()) {
    const record = recordOf(version, label, index)
    if (typeof record !== 'string') return record
    frame += `${frame === '' ? '[' : ','}${prefix}${record},${context.now}]`
    if ((index + 1) % LABELS_PER_FRAME !== 0 && index + 1 !== labels.length) continue
    frames.push(`${frame}]`)
    frame = ''
  }
  return frames
}

function recordOf(version: ModelVersion, label: unknown, index: number): string | InvalidRequest {
  if (typeof label !== 'object' || label === null || Array.isArray(label))
    return invalid('LABEL_NOT_AN_OBJECT', index, null, label, 'an object with id or entity and at, and label')
  const { id, entity, at, label: value, ...rest } = label as Record<string, unknown>
  const unknown = Object.keys(rest)[0]
  if (unknown !== undefined)
    return invalid('FIELD_UNKNOWN', index, unknown, rest[unknown], 'only id, entity, at, label; remove or rename it')
  const key = id === undefined ? entityKey(entity, at, index) : idKey(id, entity, index)
  if (typeof key !== 'string') return key
  const truth = truthOf(version, value, index)
  return typeof truth === 'string' ? `${key},${truth}` : truth
}

function idKey(id: unknown, entity: unknown, index: number): string | InvalidRequest {
  if (entity !== undefined) return invalid('LABEL_KEY_TWICE', index, 'entity', entity, 'either id, or entity and at')
  if (!isKey(id))
    return invalid('ID_INVALID', index, 'id', id, `the id of a prediction, 1 to ${MAX_KEY_CHARS} characters`)
  return `${JSON.stringify(id)},null,null`
}

function entityKey(entity: unknown, at: unknown, index: number): string | InvalidRequest {
  const name = typeof entity === 'number' && Number.isFinite(entity) ? String(entity) : entity
  if (!isKey(name)) return invalid('ENTITY_INVALID', index, 'entity', entity, 'an id, or an entity with the time at')
  const instant = parseInstant(at)
  if (instant === null)
    return invalid(
      'TIME_INVALID',
      index,
      'at',
      at,
      'the time of the event: epoch milliseconds or ISO 8601 with its UTC offset',
    )
  return `null,${JSON.stringify(name)},${instant}`
}

function isKey(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= MAX_KEY_CHARS && !value.includes('\u0000')
}

/** `true` and `1` are how JSON writes the classes named so; nothing else is converted. */
function truthOf({ task, classes }: ModelVersion, value: unknown, index: number): string | InvalidRequest {
  if (task === 'regression' || classes === null) {
    if (typeof value === 'number' && Number.isFinite(value)) return `null,${value}`
    return invalid('LABEL_WRONG_TYPE', index, 'label', value, 'a finite number')
  }
  const name = typeof value === 'boolean' || typeof value === 'number' ? String(value) : value
  if (typeof name === 'string' && classes.includes(name)) return `${JSON.stringify(name)},null`
  return invalid('LABEL_UNKNOWN_CLASS', index, 'label', value, `one of ${classes.slice(0, 20).join(', ')}`)
}
