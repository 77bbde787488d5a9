/*
 * Included before every source of the SQLite module: binds it to the versions of these functions that glibc 2.28 has.
 * The newer versions, which a compiler on a newer system would choose, only moved from one library to another.
 */
#if defined(__x86_64__)
#define OLDEST "GLIBC_2.2.5"
#else
#define OLDEST "GLIBC_2.17"
#endif
#define BIND(name) __asm__(".symver " #name "," #name "@" OLDEST);
BIND(dlopen) BIND(dlclose) BIND(dlsym) BIND(dlerror)
BIND(exp) BIND(log) BIND(log2) BIND(pow)
BIND(pthread_create) BIND(pthread_join) BIND(pthread_once) BIND(pthread_mutex_trylock)
BIND(pthread_mutexattr_init) BIND(pthread_mutexattr_settype) BIND(pthread_mutexattr_destroy)
