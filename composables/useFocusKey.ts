/** Whether a key goes into a field, or is a command of the browser. */
export function isTyping({ target, ctrlKey, metaKey, altKey }: KeyboardEvent): boolean {
  if (ctrlKey || metaKey || altKey) return true
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || target.matches('input:not([type=checkbox]), textarea, select'))
  )
}

/** `/` puts the cursor into the page's filter, unless something is being typed. */
export function useFocusKey(field: Readonly<Ref<{ focus: () => void } | null>>) {
  onKeyStroke('/', (event) => {
    if (isTyping(event)) return
    event.preventDefault()
    field.value?.focus()
  })
}
