// What a parsed Go template consists of.

/** Where something stands in the source: offsets of its first character and behind its last one. */
export interface Span {
  readonly at: number
  readonly to: number
}

export type Node =
  | ({ readonly node: 'text'; readonly text: string } & Span)
  | ({
      readonly node: 'action'
      readonly pipe: Pipe
      /** What becomes of the value in HTML; no value is written as nothing then. */
      readonly escape?: (text: string) => string
    } & Span)
  | ({
      readonly node: 'if' | 'with' | 'range'
      readonly pipe: Pipe
      readonly list: List
      readonly rest?: List
    } & Span)
  | ({
      readonly node: 'template'
      readonly name: string
      readonly pipe?: Pipe
    } & Span)
  | ({ readonly node: 'break' | 'continue' } & Span)

export type List = readonly Node[]

/** Commands, each of which gets the value of the one before it as its last argument. */
export interface Pipe extends Span {
  /** Variables that get the value; of a range up to two. With their dollar sign. */
  readonly variables: readonly string[]
  /** Whether the variables exist already. */
  readonly assigns: boolean
  readonly commands: readonly Command[]
}

export interface Command extends Span {
  readonly first: Operand
  readonly args: readonly Operand[]
}

export type Operand = Span &
  (
    | { readonly is: 'dot' | 'nil' }
    | { readonly is: 'bool'; readonly value: boolean }
    | { readonly is: 'string'; readonly value: string }
    | { readonly is: 'number'; readonly value: NumberLiteral }
    | { readonly is: 'field'; readonly names: readonly string[] }
    | {
        readonly is: 'variable'
        readonly name: string
        readonly names: readonly string[]
      }
    | {
        readonly is: 'chain'
        readonly of: Operand
        readonly names: readonly string[]
      }
    | { readonly is: 'function'; readonly name: string }
    | { readonly is: 'pipe'; readonly pipe: Pipe }
  )

/** A number as it may be taken: `1e3` fits a parameter of type int, but is a float where no type is asked for. */
export interface NumberLiteral {
  /** The value as an int64; undefined when it is none. */
  readonly int?: bigint
  readonly float: number
  readonly isFloat: boolean
}

/** A parsed template: its own text and everything it defines. */
export interface Program {
  readonly source: string
  readonly root: List
  readonly templates: ReadonlyMap<string, List>
}
