/** The routes of server/api, but for the one that takes what is left. */
declare module '#api-routes' {
  const routes: { route: string; method: string }[]
  export default routes
}
