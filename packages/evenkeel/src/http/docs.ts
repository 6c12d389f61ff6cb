import { escapeHtml, renderPage } from './page.ts'

interface Operation {
  readonly tags: readonly string[]
  readonly summary: string
  readonly parameters: readonly { readonly name: string; readonly in: string }[]
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema?: unknown }>> }
  readonly responses: Readonly<
    Record<string, { readonly content: Readonly<Record<string, { readonly schema?: unknown }>> }>
  >
}

interface Document {
  readonly tags: readonly { readonly name: string }[]
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
}

/** The OpenAPI document as a page that opens offline: nothing is fetched, nothing is run. */
export function renderDocs(document: unknown): string {
  const { tags, paths } = document as Document
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  )
  const sections = tags.map(({ name }) => {
    const own = operations.filter(({ operation }) => operation.tags.includes(name))
    return `<h2>${escapeHtml(name)}</h2>${own.map(renderOperation).join('')}`
  })
  const head =
    '<h1>Evenkeel API</h1><p class="quiet">The same as <a href="/openapi.json">/openapi.json</a> (OpenAPI 3.1), to read. <a href="/">Status</a></p>'
  return renderPage('Evenkeel API', head + sections.join(''))
}

function renderOperation({ path, method, operation }: { path: string; method: string; operation: Operation }): string {
  const parameters = operation.parameters
    .map(({ name, in: place }) => `<code>${escapeHtml(name)}</code> in the ${place}`)
    .join(', ')
  const bodies = Object.entries(operation.requestBody?.content ?? {}).map(([type, { schema }]) =>
    renderSchema(`Body, ${type}`, schema),
  )
  const answers = Object.entries(operation.responses).flatMap(([status, { content }]) =>
    Object.values(content).map(({ schema }) =>
      renderSchema(status === 'default' ? 'When refused' : `Answer ${status}`, schema),
    ),
  )
  return `<details><summary><span class="method">${method.toUpperCase()}</span> <code>${escapeHtml(path)}</code> <span class="quiet">${escapeHtml(operation.summary)}</span></summary>
${parameters === '' ? '' : `<p>Parameters: ${parameters}</p>`}${[...bodies, ...answers].join('')}</details>`
}

function renderSchema(title: string, schema: unknown): string {
  const text = schema === undefined ? '' : `<pre>${escapeHtml(JSON.stringify(schema, null, 2))}</pre>`
  return `<p class="quiet">${escapeHtml(title)}</p>${text}`
}
