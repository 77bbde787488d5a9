import process from 'node:process'
import { makeDatabase } from './api/database.ts'

/*
 * Gives each test file that opens a storage in its own process an empty database on PostgreSQL. The tables' columns are
 * chosen when they are first imported, so it has to be known before.
 */
Object.assign(process.env, makeDatabase('').settings)
