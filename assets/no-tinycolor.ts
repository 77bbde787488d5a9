/**
 * Stands in for the library with which Element Plus derives the tones of a button whose `color` is given: 6 KiB of
 * every first load for something that no page uses (assets/theme.css has the colours).
 */
export const TinyColor = undefined
