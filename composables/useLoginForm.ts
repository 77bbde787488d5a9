interface LoginForm {
  url: string
  set_of_book: string
  user_name: string
  token: string
}

const text = (value: unknown) => (typeof value === 'string' ? value : '')

/** C8's text for its frames; it sends them others, too. */
function readHanded({ origin: url, data }: MessageEvent<string>): LoginForm | undefined {
  try {
    const { user } = JSON.parse(data) as { user?: { set_of_book?: string; name?: string; token?: string } }
    const { set_of_book, name: user_name = '', token } = user ?? {}
    return token && set_of_book ? { url, set_of_book, user_name, token } : undefined
  } catch {
    return undefined
  }
}

/**
 * The log-in form: filled from C8's menu link, from the session that has ended, else from the last log-in in this
 * browser. A C8 token in the address is taken out of it at once.
 */
export function useLoginForm() {
  const route = useRoute()
  const router = useRouter()
  const session = useSessionStore()
  const logIn = useLogIn()
  const handed = useHandedLogIn()
  const remembered = useLocalStorage('gobox.login', { url: '', set_of_book: '', user_name: '' })

  const isFromC8 = useLocalStorage('gobox.fromC8', false)

  const linkToken = new URLSearchParams(route.hash.slice(1)).get('token') ?? text(route.query.token)
  const known = route.query.url === undefined ? (session.ended ?? remembered.value) : undefined
  const form = reactive<LoginForm>({
    url: known?.url ?? text(route.query.url),
    set_of_book: known?.set_of_book ?? text(route.query.set_of_book),
    user_name: known?.user_name ?? text(route.query.user_name),
    token: linkToken,
  })
  const isBusy = ref(false)
  const error = ref('')
  const goOn = () => navigateTo(session.takePath() ?? '/', { replace: true })

  async function submit() {
    isBusy.value = true
    error.value = ''
    const { token, ...login } = form
    try {
      await logIn({ ...login, user_name: login.user_name || undefined, token })
      remembered.value = login
      if (linkToken) isFromC8.value = true
      await goOn()
    } catch (cause) {
      error.value = messageOf(cause)
    } finally {
      isBusy.value = false
    }
  }

  if (linkToken) {
    const { token: _, ...query } = route.query
    void router.replace({ query, hash: '' })
    if (form.url && form.set_of_book) void submit()
  }

  function takeHanded() {
    if (!handed.value || isBusy.value) return
    const handedOver = readHanded(handed.value)
    handed.value = undefined
    if (!handedOver) return void (session.current && goOn())
    Object.assign(form, handedOver)
    void submit()
  }

  watch([handed, isBusy], takeHanded, { immediate: true })
  // Logged in again in another tab.
  watch(
    () => session.current !== undefined,
    (isSignedIn) => isSignedIn && !isBusy.value && goOn(),
  )

  return { form, isBusy, error, submit, hasEnded: computed(() => session.ended !== undefined) }
}
