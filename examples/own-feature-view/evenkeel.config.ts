import { category, column, defineConfig, defineFeatureView, hourOfDay, ratio, rowTransform } from 'evenkeel'

/** Written once: the same functions run over the file at training and over each request at serving. */
const orders = defineFeatureView({
  name: 'orders',
  time: 'ordered_at',
  features: {
    pieces: column('pieces'),
    channel: category('channel'),
    price_per_piece: ratio('price', 'pieces'),
    hour: hourOfDay('ordered_at'),
    // What no built-in transform says is a function of the row; raise `version` when it means something else.
    many: rowTransform(['pieces'], 'numeric', ({ pieces }) => (typeof pieces === 'number' ? Math.sqrt(pieces) : null), {
      version: 1,
    }),
  },
})

export default defineConfig({
  sources: { orders: {} },
  models: {
    returns: {
      source: 'orders',
      view: orders,
      label: 'returned',
      task: 'binary',
      training: { trees: 40, maxDepth: 3 },
    },
  },
})
