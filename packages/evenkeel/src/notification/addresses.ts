import { lookup } from 'node:dns/promises'
import { BlockList, isIP } from 'node:net'

/** An address a name leads to. */
export interface Address {
  readonly address: string
  readonly family: 4 | 6
}

export type Resolver = (host: string) => Promise<readonly Address[]>

/** The name's addresses, or why none of them may be reached. */
export type Resolved =
  | { readonly kind: 'found'; readonly addresses: readonly Address[] }
  | { readonly kind: 'refused'; readonly reason: string }

/** Special-purpose IPv4 (RFC 6890 and its registry): this network, private, shared, loopback, link-local, tests, multicast, reserved. */
const SPECIAL_V4 = createList(
  `0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24
   192.88.99.0/24 192.168.0.0/16 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/4 240.0.0.0/4`.split(/\s+/),
)
/** The only IPv6 that is routed everywhere. IPv4 in the clothes of IPv6 lies outside of it, or in 6to4 and Teredo below. */
const GLOBAL_V6 = createList(['2000::/3'])
const SPECIAL_V6 = createList(['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'])

/** @example isPublic('169.254.169.254') // false */
export function isPublic(address: string): boolean {
  const plain = address.split('%')[0]!
  if (isIP(plain) === 4) return !SPECIAL_V4.check(plain, 'ipv4')
  return isIP(plain) === 6 && GLOBAL_V6.check(plain, 'ipv6') && !SPECIAL_V6.check(plain, 'ipv6')
}

const systemResolver: Resolver = async (host) =>
  (await lookup(host, { all: true, order: 'ipv4first' })).map(({ address, family }) => ({
    address,
    family: family === 6 ? 6 : 4,
  }))

/**
 * Resolves a host once. The connection is then made to the addresses found here, so that a name cannot lead to one
 * address while it is checked and to another when it is called; and one forbidden address among them forbids the name.
 * @throws what the resolver throws, for a name that leads nowhere
 */
export async function resolveHost(
  host: string,
  allow: readonly string[],
  resolver: Resolver = systemResolver,
): Promise<Resolved> {
  const bare = host.replace(/^\[|\]$/g, '')
  const family = isIP(bare)
  const addresses = family === 0 ? await resolver(bare) : [{ address: bare, family: family === 6 ? 6 : 4 } as const]
  const allowed = createList(allow)
  const forbidden = addresses.find(
    ({ address, family }) =>
      !isPublic(address) && !allowed.check(address.split('%')[0]!, family === 6 ? 'ipv6' : 'ipv4'),
  )
  if (forbidden === undefined) return { kind: 'found', addresses }
  const reason = `${bare} leads to ${forbidden.address}, which is not a public address; list it under allow if it is meant`
  return { kind: 'refused', reason }
}

function createList(ranges: readonly string[]): BlockList {
  const list = new BlockList()
  for (const range of ranges) {
    const [address = '', bits] = range.split('/')
    const type = isIP(address) === 6 ? 'ipv6' : 'ipv4'
    if (bits === undefined) list.addAddress(address, type)
    else list.addSubnet(address, Number(bits), type)
  }
  return list
}
