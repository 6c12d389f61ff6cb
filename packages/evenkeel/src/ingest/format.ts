import path from 'node:path'

/** The forms a batch may come in. */
export type Format = 'json' | 'ndjson' | 'csv' | 'parquet' | 'arrow'

const MEDIA_TYPES: Readonly<Record<string, Format>> = {
  'application/json': 'json',
  'application/x-ndjson': 'ndjson',
  'application/ndjson': 'ndjson',
  'application/jsonl': 'ndjson',
  'text/csv': 'csv',
  'text/tab-separated-values': 'csv',
  'application/vnd.apache.parquet': 'parquet',
  'application/x-parquet': 'parquet',
  'application/vnd.apache.arrow.stream': 'arrow',
  'application/vnd.apache.arrow.file': 'arrow',
}

const EXTENSIONS: Readonly<Record<string, Format>> = {
  '.json': 'json',
  '.ndjson': 'ndjson',
  '.jsonl': 'ndjson',
  '.csv': 'csv',
  '.tsv': 'csv',
  '.txt': 'csv',
  '.parquet': 'parquet',
  '.pq': 'parquet',
  '.arrow': 'arrow',
  '.arrows': 'arrow',
  '.feather': 'arrow',
  '.ipc': 'arrow',
}

/** The format a media type (parameters ignored) or a file's name says, the media type first; null when neither does. */
export function formatOf(said: { readonly mediaType?: string | undefined; readonly fileName?: string | undefined }) {
  const mediaType = said.mediaType?.split(';')[0]?.trim().toLowerCase() ?? ''
  return MEDIA_TYPES[mediaType] ?? extensionFormat(said.fileName ?? '')
}

/** `rows.csv.gz` is CSV: a suffix of compression says nothing of what is inside. */
function extensionFormat(fileName: string): Format | null {
  const name = fileName.toLowerCase().replace(/\.gz$/, '')
  return EXTENSIONS[path.extname(name)] ?? null
}
