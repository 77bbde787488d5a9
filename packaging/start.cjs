// Loaded from a file, unlike the launcher, and so may import modules.
import('./cli.js').then(({ main }) => main(process.argv.slice(2)))
