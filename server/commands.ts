import { isSea } from 'node:sea'

/** How the owner gives one of the app's commands: by the one file, or by npm. */
export function commandLine(name: 'restore' | 'rotate-key', argument?: string): string {
  if (isSea()) return ['gobox', name, argument].filter(Boolean).join(' ')
  return argument === undefined ? `npm run ${name}` : `npm run ${name} -- ${argument}`
}
