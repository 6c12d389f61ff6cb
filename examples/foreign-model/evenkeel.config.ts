import { defineConfig } from 'evenkeel'

/** A model made elsewhere needs no source and no training; port 0 takes a free one. */
export default defineConfig({ server: { port: 0 } })
