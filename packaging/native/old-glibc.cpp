/*
 * What glibc before 2.33 and libstdc++ before GCC 11 do not export: stat and its kin were inline calls of these
 * functions, and the compiler now calls a function of its library where it used to throw by itself.
 */
#include <cstdlib>

#if defined(__x86_64__)
#define OLDEST "GLIBC_2.2.5"
enum { LAYOUT = 1 };
#else
#define OLDEST "GLIBC_2.17"
enum { LAYOUT = 0 };
#endif
#define HIDDEN __attribute__((visibility("hidden")))

extern "C" {
int __xstat64(int layout, const char *path, void *status);
int __lxstat64(int layout, const char *path, void *status);
int __fxstat64(int layout, int file, void *status);
__asm__(".symver __xstat64,__xstat64@" OLDEST);
__asm__(".symver __lxstat64,__lxstat64@" OLDEST);
__asm__(".symver __fxstat64,__fxstat64@" OLDEST);

HIDDEN int stat64(const char *path, void *status) { return __xstat64(LAYOUT, path, status); }
HIDDEN int lstat64(const char *path, void *status) { return __lxstat64(LAYOUT, path, status); }
HIDDEN int fstat64(int file, void *status) { return __fxstat64(LAYOUT, file, status); }
/* On 64-bit systems the two are one. */
HIDDEN int fstat(int file, void *status) { return __fxstat64(LAYOUT, file, status); }
}

namespace std {
HIDDEN void __throw_bad_array_new_length() { abort(); }
}
