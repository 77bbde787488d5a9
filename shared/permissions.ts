/** C8's access level is a bit mask; each permission stands on its own. */
export const PERMISSION_BITS = { view: 1, edit: 2, create: 4, delete: 8 } as const

export type Permission = keyof typeof PERMISSION_BITS

/** Whether the bit mask `accessLevel` contains `permission`. */
export function isPermitted(accessLevel: number, permission: Permission): boolean {
  return (accessLevel & PERMISSION_BITS[permission]) !== 0
}
