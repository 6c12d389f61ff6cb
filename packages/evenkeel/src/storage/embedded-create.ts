import { PGlite } from '@electric-sql/pglite'

/** Run as a process of its own, with the folder as its argument: creates an empty database there, and ends. */
const [dataDir] = process.argv.slice(2)
if (dataDir === undefined) throw new Error('embedded-create needs a folder')
const db = await PGlite.create(dataDir)
await db.close()
