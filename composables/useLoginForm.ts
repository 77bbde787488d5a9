interface LoginForm {
  url: string
  set_of_book: string
  user_name: string
  token: string
}

const text = (value: unknown) => (typeof value === 'string' ? value : '')

/**
 * The log-in form: filled from C8's menu link, from the session that has ended, else from the last log-in in this browser. A C8 token
 * in the address is taken out of it at once.
 */
export function useLoginForm() {
  const route = useRoute()
  const router = useRouter()
  const session = useSessionStore()
  const logIn = useLogIn()
  const remembered = useLocalStorage('gobox.login', { url: '', set_of_book: '', user_name: '' })

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

  async function submit() {
    isBusy.value = true
    error.value = ''
    const { token, ...login } = form
    try {
      await logIn({ ...login, user_name: login.user_name || undefined, token })
      remembered.value = login
      await navigateTo(session.takePath() ?? '/', { replace: true })
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

  return { form, isBusy, error, submit, hasEnded: computed(() => session.ended !== undefined) }
}
