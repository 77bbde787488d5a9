interface Kept {
  /** What differs from the form as it was opened. */
  fields: Record<string, unknown>
  /** A secret was typed, too. */
  hadSecret: boolean
}

/**
 * Keeps what is typed into a form through a log-in or a reload, until it is saved, discarded or left. `form` names it
 * on its page; `fields` is the form as opened, into which what was kept is put back. Secrets are never kept: storage
 * outlives the session, so the next person at this screen could read them, and a key to goBox holds for years.
 */
export function useDraft<Fields extends object>(
  form: string,
  fields: Fields,
  secrets: MaybeRefOrGetter<(keyof Fields)[]> = [],
) {
  const session = useSessionStore()
  const setOfBook = session.current?.set_of_book
  const key = useDraftPrefix() + form
  let opened = { ...fields }
  const restored = ref<Kept>()

  const changed = () => (Object.keys(fields) as (keyof Fields)[]).filter((name) => fields[name] !== opened[name])

  function keep() {
    const names = changed()
    if (names.length === 0) return sessionStorage.removeItem(key)
    const secret = toValue(secrets)
    const open = names.filter((name) => !secret.includes(name))
    const kept = {
      // JSON leaves out what is undefined: a choice that was taken back.
      fields: Object.fromEntries(open.map((name) => [name, fields[name] ?? null])),
      hadSecret: open.length < names.length,
    }
    sessionStorage.setItem(key, JSON.stringify(kept))
  }

  function restore() {
    const text = sessionStorage.getItem(key)
    if (text === null) return
    const kept = JSON.parse(text) as Kept
    for (const [name, value] of Object.entries(kept.fields)) {
      if (name in fields) Object.assign(fields, { [name]: value ?? undefined })
    }
    restored.value = kept
  }

  /** The form as it is opened, where that has to be loaded first. */
  function open(now: Fields) {
    opened = { ...now }
    if (!restored.value) Object.assign(fields, now)
  }

  /** It is saved as it stands, or given up: nothing is kept any more. */
  function settle() {
    opened = { ...fields }
    restored.value = undefined
    sessionStorage.removeItem(key)
  }

  function discard() {
    Object.assign(fields, opened)
    settle()
  }

  restore()
  watch(fields, keep, { flush: 'sync' })
  // Whoever leaves a form while the session holds has given it up.
  onBeforeUnmount(() => setOfBook !== undefined && session.current?.set_of_book === setOfBook && settle())

  return { restored: readonly(restored), isChanged: () => changed().length > 0, open, settle, discard }
}

export type Draft = Pick<ReturnType<typeof useDraft>, 'restored' | 'discard'>
