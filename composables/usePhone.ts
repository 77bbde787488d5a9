/** Whether the screen is as narrow as a phone's: lists are cards there, drawers pages, the menu a bar at the bottom. */
export const usePhone = createSharedComposable(() => useMediaQuery('(width < 768px)'))
