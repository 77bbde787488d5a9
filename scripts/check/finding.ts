/** What was looked at, and what is wrong with it and how to mend it; `null`: it is well. */
export interface Finding {
  name: string
  problem: string | null
}
