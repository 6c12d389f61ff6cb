export { type LegendEntry, renderFigure, renderLegend, renderTable, type TableData } from './figure.ts'
export { html, type Markup } from './html.ts'
export { renderPage } from './page.ts'
