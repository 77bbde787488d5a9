/** The routes of server/api, except the catch-all. */
declare module '#api-routes' {
  const routes: { route: string; method: string }[]
  export default routes
}
