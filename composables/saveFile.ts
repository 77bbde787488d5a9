/** Saves a file that was fetched; the server wants the session, which a plain link cannot carry. */
export function saveFile({ file, name }: { file: Blob; name?: string | null }) {
  const link = Object.assign(document.createElement('a'), { href: URL.createObjectURL(file), download: name ?? '' })
  link.click()
  URL.revokeObjectURL(link.href)
}
