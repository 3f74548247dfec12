/// Asked at the last moment before a request leaves, so that none leaves late that waited for a slot, a session or a retry.
///
/// A value of its own, not a bare closure: Swift 6.3 compiles a task-local async closure, when it optimizes, to one whose type is
/// missing, and setting it ends the process.
package struct CallPermit: Sendable {
    /// Asked before each writing call of this task; nil: they may always be made.
    @TaskLocal package static var current: CallPermit?

    /// Whether the call may be made now.
    package let isGiven: @Sendable () async throws -> Bool

    package init(isGiven: @escaping @Sendable () async throws -> Bool) {
        self.isGiven = isGiven
    }
}

/// A call was not made, since its permit had gone.
package struct CallNotPermitted: Error {
    package init() {}
}
