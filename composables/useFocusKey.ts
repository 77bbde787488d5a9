/** `/` puts the cursor into the page's filter, unless something is being typed. */
export function useFocusKey(field: Readonly<Ref<{ focus: () => void } | null>>) {
  onKeyStroke('/', (event) => {
    const isTyping =
      event.target instanceof HTMLElement &&
      (event.target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName))
    if (isTyping || event.ctrlKey || event.metaKey || event.altKey) return
    event.preventDefault()
    field.value?.focus()
  })
}
