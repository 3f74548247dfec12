// What Swift's Glibc module does not show: peer credentials and a few calls that are macros or variadic in C.
#pragma once
#include <stdint.h>
#include <sys/types.h>

/// The kernel's word on who is at the other end of a Unix socket.
struct sequenced_peer {
    int32_t pid;
    uint32_t uid;
    uint32_t gid;
};

/// SO_PEERCRED. Returns 0, or -1 with errno set.
int sequenced_peer_credentials(int socket, struct sequenced_peer *peer);

/// SO_PEERGROUPS. Fills `groups` with up to `capacity` group ids; returns their number, or -1 with errno set.
int sequenced_peer_groups(int socket, uint32_t *groups, int capacity);

/// flock(LOCK_EX), not waiting: the kernel drops it with its holder. Returns 0, or -1 with errno set (EAGAIN: somebody holds it).
int sequenced_lock_file(int descriptor);

/// Has the allocator map pieces of 128 KiB and more each for itself; without this the bound wanders upwards with what was freed.
void sequenced_heap_configure(void);

/// PR_SET_DUMPABLE 0: no dump of the memory, whoever collects it, and no other process of the same user reads it. Returns 0, or
/// -1 with errno set.
int sequenced_hide_memory(void);

/// Has this thread run, and read and write, after all others. Returns 0, or -1 with errno set where it may not.
int sequenced_yield_to_others(void);

/// Gives memory that is free back to the system.
void sequenced_heap_trim(void);
