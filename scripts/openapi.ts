import { writeFileSync } from 'node:fs'
import process from 'node:process'
import { fileURLToPath } from 'node:url'

// The description is the same whatever this machine is set to.
for (const name of Object.keys(process.env)) if (name.startsWith('NUXT_')) Reflect.deleteProperty(process.env, name)

const { makeText } = await import('./openapi/document.ts')
const text = await makeText()
if (process.argv.includes('--print')) await new Promise((resolve) => process.stdout.write(text, resolve))
else {
  writeFileSync(fileURLToPath(new URL('../docs/openapi.json', import.meta.url)), text)
  console.log('docs/openapi.json is written.')
}
process.exit(0)
