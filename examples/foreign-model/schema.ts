import type { Schema, SchemaColumn } from 'evenkeel'

function input(name: string, type: SchemaColumn['type'], categories: readonly string[] | null = null): SchemaColumn {
  return { name, type, role: 'feature', unit: null, range: null, categories, missingShare: 0, unique: false }
}

/** What the model's graph is fed with, by name: a request that lacks a column, or has words for a number, gets a 400. */
export const orderSchema: Schema = {
  columns: [
    input('amount', 'number'),
    input('items', 'integer'),
    input('account', 'integer'),
    input('shop', 'category', ['Lund', 'Malmö', 'Älmhult']),
  ],
}
