export { type FigureData, type LegendEntry, renderFigure, renderLegend, renderTable, type TableData } from './figure.ts'
export { html, type Insert, type Markup, trusted } from './html.ts'
export { renderPage } from './page.ts'
