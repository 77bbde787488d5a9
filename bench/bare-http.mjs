// What the bare servers have in common: node:http and JSON.parse.
import { createServer } from 'node:http'
import process from 'node:process'

/** Hands each message over with the answer it waits for. */
export function listen(port, receive) {
  createServer((request, response) => {
    const chunks = []
    request.on('data', (chunk) => chunks.push(chunk))
    request.on('end', () => receive({ order: JSON.parse(Buffer.concat(chunks)), response }))
  }).listen(Number(port), '127.0.0.1', () => console.log('listening'))
  process.on('SIGTERM', () => process.exit(0))
}

/** In fen. */
export const totalOf = (order) => order.products.reduce((sum, line) => sum + Math.round(line.amount * 100), 0)
