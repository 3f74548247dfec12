import CHost

/// The allocator's habits: what reading thousands of definitions took for a moment goes back to the system.
enum Heap {
    /// Large pieces are given back as soon as they are free.
    static func configure() { sequenced_heap_configure() }

    /// Gives back what is free.
    static func trim() { sequenced_heap_trim() }
}
