import CHost

/// The allocator's habits: what reading thousands of definitions took for a moment goes back to the system.
enum Heap {
    /// Large pieces are given back as soon as they are free; threads share two heaps, for each of its own would keep its holes.
    static func configure() { sequenced_heap_configure() }

    /// Gives back what is free.
    static func trim() { sequenced_heap_trim() }
}
