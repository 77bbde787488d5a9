/** The text of the API's description, which the build makes. */
declare module '#openapi' {
  const text: string
  export default text
}
