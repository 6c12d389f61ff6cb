/** The function, made to keep what it computed for as long as its argument, which must not change, is in use. */
export function remembered<A extends object, R>(compute: (argument: A) => R): (argument: A) => R {
  const known = new WeakMap<A, R>()
  return (argument) => {
    const old = known.get(argument)
    if (old !== undefined) return old
    const result = compute(argument)
    known.set(argument, result)
    return result
  }
}
