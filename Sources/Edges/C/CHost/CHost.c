#define _GNU_SOURCE
#include <malloc.h>
#include "CHost.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

int sequenced_peer_credentials(int socket, struct sequenced_peer *peer) {
    struct ucred credentials;
    socklen_t length = sizeof credentials;
    if (getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &credentials, &length) != 0) return -1;
    peer->pid = credentials.pid;
    peer->uid = credentials.uid;
    peer->gid = credentials.gid;
    return 0;
}

int sequenced_peer_groups(int socket, uint32_t *groups, int capacity) {
    socklen_t length = (socklen_t)(capacity * sizeof(uint32_t));
    if (getsockopt(socket, SOL_SOCKET, SO_PEERGROUPS, groups, &length) != 0) return -1;
    return (int)(length / sizeof(uint32_t));
}

int sequenced_lock_file(int descriptor) {
    return flock(descriptor, LOCK_EX | LOCK_NB);
}

int sequenced_hide_memory(void) { return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0); }

int sequenced_yield_to_others(void) {
    // The idle class of the disk (IOPRIO_CLASS_IDLE); where that is forbidden it follows from the processor's.
    syscall(SYS_ioprio_set, 1, 0, 3 << 13);
    return setpriority(PRIO_PROCESS, (id_t)syscall(SYS_gettid), 19);
}

void sequenced_heap_configure(void) {
    mallopt(M_MMAP_THRESHOLD, 128 << 10);
    mallopt(M_ARENA_MAX, 2);
}

void sequenced_heap_trim(void) { malloc_trim(0); }
