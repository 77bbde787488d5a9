/** Dialogs lie in a section of the document: the head of one that lies in its body counts as the page's own banner. */
const overlays = document.createElement('section')

export function useOverlays() {
  if (!overlays.isConnected) document.body.append(overlays)
  return overlays
}
