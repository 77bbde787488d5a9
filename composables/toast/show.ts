/** Apart, so that Element Plus's messages come when the first is shown. */
export function show(type: 'success' | 'error' | 'info', message: string) {
  ElMessage({ type, message, showClose: type === 'error', duration: type === 'error' ? 8000 : 3000 })
}
