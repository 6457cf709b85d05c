// $(VAR) expansion of env values, commands and arguments, to the letter as the kubelet does it.

/**
 * Replaces `$(NAME)` by the variable's value. `$$` stands for one `$`, so `$$(NAME)` stays `$(NAME)`; a name that is not
 * known stays as written, and so does a `$` before anything else. Values are not expanded again.
 * Source: k8s.io/kubernetes/third_party/forked/golang/expansion.
 */
export function expand(text: string, lookup: (name: string) => string | undefined): string {
  return text.replace(/\$(?:\$|\(([^)]*)\))/g, (whole, name?: string) =>
    name === undefined ? '$' : (lookup(name) ?? whole),
  )
}

/** Expansion that also tells a name that is not known, as `subPathExpr` wants it. */
export function expandStrictly(
  text: string,
  lookup: (name: string) => string | undefined,
): { value: string } | { missing: string } {
  let missing: string | undefined
  const value = expand(text, (name) => {
    const found = lookup(name)
    if (found === undefined) missing ??= name
    return found
  })
  return missing === undefined ? { value } : { missing }
}
