/** Closing an order leads back to where the list stood, with the focus on the order. */
export function useOrderPlace(openId: Readonly<Ref<string | undefined>>) {
  const isPhone = usePhone()
  let top = 0
  let opened: string | undefined

  watch(openId, async (id, before) => {
    // The list is still on the screen here: on a phone it makes room for the order, and with it goes its place.
    if (before === undefined) [top, opened] = [scrollY, id]
    await nextTick()
    if (id !== undefined) return isPhone.value && scrollTo(0, 0)
    if (isPhone.value) scrollTo(0, top)
    const row = document.querySelector(`[data-order="${before}"]`)
    row?.querySelector('a')?.focus({ preventScroll: true })
    // Another one than was opened: the way led on from order to order.
    if (before !== opened) row?.scrollIntoView({ block: 'center' })
  })
}
