// A program of its own: becomes another program, with exactly the environment that it reads (JSON) from a descriptor.
// Arguments: descriptor, file, arguments of the file. For environments with names that a shell would not hand on.
import { closeSync, readFileSync } from 'node:fs'

const [descriptor, file = '', ...args] = process.argv.slice(2)
const env = JSON.parse(readFileSync(Number(descriptor), 'utf8'))
closeSync(Number(descriptor))
if (!process.execve) throw new Error('this Node cannot replace itself by another program')
process.execve(file, [file, ...args], env)
