export { announce, readAddress, withdraw } from './address.ts'
export { createClient } from './client.ts'
export { servicesOf } from './remote.ts'
