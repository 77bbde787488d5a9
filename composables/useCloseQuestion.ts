/** What a person is asked before a day is closed: why, where differences are open. */
export function useCloseQuestion() {
  const say = useSettlementTexts()
  return (date: string, open: number, run: (note: string | undefined) => Promise<unknown>) => ({
    form: `note:close:${date}`,
    title: say('closeTitle', { date }),
    text: open > 0 ? say('closeOpen', { count: open }) : say('closeText'),
    go: say('close'),
    needed: open > 0,
    run,
  })
}
