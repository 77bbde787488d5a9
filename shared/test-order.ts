/**
 * The cabinet of the settings page's test order where no cabinet is configured: goBox has none of this number, so that
 * nobody has to configure it.
 */
export const NO_CABINET = 0
