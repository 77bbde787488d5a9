import { and, asc, count, eq, or } from 'drizzle-orm'
import { orderViewDefaults, orderViews } from '#drizzle/schema/order-views'
import { MAX_VIEWS, type OrderViewInput } from '#shared/order-views'
import { useStorage, type Tx } from '../storage/engine.ts'
import { Conflict, Forbidden } from '../errors.ts'
import { addAudit, type Actor } from './audit.ts'

export type OrderViewRecord = typeof orderViews.$inferSelect

/** Who looks at views or changes them. */
export interface Viewer {
  setOfBookId: number
  userName: string
  /** Whether they may change what the account set shares. */
  mayEdit: boolean
}

const table = orderViews
const defaults = orderViewDefaults
const ofSet = (setOfBookId: number, id: number) => and(eq(table.setOfBookId, setOfBookId), eq(table.id, id))

const seenBy = ({ setOfBookId, userName }: Omit<Viewer, 'mayEdit'>) =>
  and(eq(table.setOfBookId, setOfBookId), or(eq(table.owner, userName), eq(table.shared, true)))

const shown = ({ name, query }: OrderViewRecord) => ({ name, query })

function checkSharing({ mayEdit }: Viewer, isShared: boolean) {
  if (isShared && !mayEdit)
    throw new Forbidden('您没有“修改”的权限，请联系管理员', {
      code: 'permission_missing',
      params: { permission: 'edit' },
    })
}

/** Throws Conflict where there is no room for another view, the user's own or a shared one. */
async function checkRoom(tx: Tx, { setOfBookId, userName }: Viewer, which: 'own' | 'shared') {
  const mine = which === 'own' ? eq(table.owner, userName) : eq(table.shared, true)
  const [counted] = await tx
    .select({ views: count() })
    .from(table)
    .where(and(eq(table.setOfBookId, setOfBookId), mine))
  if (counted!.views >= MAX_VIEWS)
    throw new Conflict(`最多保存 ${MAX_VIEWS} 个视图，请先删除不用的`, {
      code: 'views_full',
      params: { max: MAX_VIEWS },
    })
}

function refuseDuplicate(error: unknown, name: string | undefined): never {
  if (useStorage().isDuplicate(error))
    throw new Conflict(`已经有名为“${name ?? ''}”的视图，请换一个名字`, {
      code: 'view_exists',
      params: { name: name ?? '' },
    })
  throw error
}

/** The user's own views and those that others share, the oldest first. */
export async function listViews(viewer: Omit<Viewer, 'mayEdit'>): Promise<OrderViewRecord[]> {
  return useStorage().db.select().from(table).where(seenBy(viewer)).orderBy(asc(table.id))
}

/** The user's default view; `undefined` if none was chosen. */
export async function getDefaultView({ setOfBookId, userName }: Omit<Viewer, 'mayEdit'>): Promise<string | undefined> {
  const [row] = await useStorage()
    .db.select({ view: defaults.view })
    .from(defaults)
    .where(and(eq(defaults.setOfBookId, setOfBookId), eq(defaults.user, userName)))
  return row?.view
}

/** Sets the user's default view; `null` clears it. */
export async function chooseDefaultView(viewer: Omit<Viewer, 'mayEdit'>, view: string | null): Promise<void> {
  const own = { setOfBookId: viewer.setOfBookId, user: viewer.userName }
  await useStorage().write(async (tx) => {
    if (view === null)
      await tx.delete(defaults).where(and(eq(defaults.setOfBookId, own.setOfBookId), eq(defaults.user, own.user)))
    else
      await tx
        .insert(defaults)
        .values({ ...own, view })
        .onConflictDoUpdate({ target: [defaults.setOfBookId, defaults.user], set: { view } })
  })
}

/** Saves a view. Throws Conflict where the user has one of that name, or too many. */
export async function createView(viewer: Viewer, input: OrderViewInput, by: Actor): Promise<OrderViewRecord> {
  const { setOfBookId, userName: owner } = viewer
  checkSharing(viewer, input.shared)
  return useStorage()
    .write(async (tx) => {
      await checkRoom(tx, viewer, 'own')
      if (input.shared) await checkRoom(tx, viewer, 'shared')
      const [view] = await tx
        .insert(table)
        .values({ setOfBookId, owner, ...input })
        .returning()
      if (view!.shared) await addAudit(tx, by, 'view_shared', { id: view!.id, name: view!.name, after: shown(view!) })
      return view!
    })
    .catch((error) => refuseDuplicate(error, input.name))
}

/** Audits a change to a view as far as others can see it. */
async function auditChange(tx: Tx, by: Actor, before: OrderViewRecord, after: OrderViewRecord) {
  const { id, name } = after
  const [was, is] = [before.shared && shown(before), after.shared && shown(after)]
  if (was && is) await addAudit(tx, by, 'view_changed', { id, name, before: was, after: is })
  else if (is) await addAudit(tx, by, 'view_shared', { id, name, after: is })
  else if (was) await addAudit(tx, by, 'view_withdrawn', { id, name, before: was })
}

/**
 * Changes the given fields of a view that the user sees; `undefined` where it is not there. Throws Forbidden for a
 * shared one without the right, Conflict where its owner has another of that name.
 */
export async function updateView(
  viewer: Viewer,
  id: number,
  input: Partial<OrderViewInput>,
  by: Actor,
): Promise<OrderViewRecord | undefined> {
  const { write, forUpdate } = useStorage()
  return write(async (tx) => {
    const [before] = await forUpdate(
      tx
        .select()
        .from(table)
        .where(and(seenBy(viewer), eq(table.id, id))),
    )
    if (!before) return undefined
    checkSharing(viewer, before.shared || input.shared === true)
    if (input.shared && !before.shared) await checkRoom(tx, viewer, 'shared')
    const change = {
      name: input.name ?? before.name,
      query: input.query ?? before.query,
      shared: input.shared ?? before.shared,
    }
    const [after] = await tx.update(table).set(change).where(ofSet(viewer.setOfBookId, id)).returning()
    await auditChange(tx, by, before, after!)
    return after
  }).catch((error) => refuseDuplicate(error, input.name))
}

/** Deletes a view that the user sees; whether it was there. Throws Forbidden for a shared one without the right. */
export async function deleteView(viewer: Viewer, id: number, by: Actor): Promise<boolean> {
  const { write, forUpdate } = useStorage()
  return write(async (tx) => {
    const [view] = await forUpdate(
      tx
        .select()
        .from(table)
        .where(and(seenBy(viewer), eq(table.id, id))),
    )
    if (!view) return false
    checkSharing(viewer, view.shared)
    await tx.delete(table).where(ofSet(viewer.setOfBookId, id))
    await tx.delete(defaults).where(and(eq(defaults.setOfBookId, viewer.setOfBookId), eq(defaults.view, String(id))))
    if (view.shared) await addAudit(tx, by, 'view_withdrawn', { id, name: view.name, before: shown(view) })
    return true
  })
}
