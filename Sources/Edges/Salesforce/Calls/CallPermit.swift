/// Asked at the last moment before a request leaves, so that none leaves late that waited for a slot, a session or a retry.
package enum CallPermit {
    /// Whether the calls of this task may be made now; nil: always.
    @TaskLocal package static var current: (@Sendable () async throws -> Bool)?
}

/// A call was not made, since its permit had gone.
package struct CallNotPermitted: Error {
    package init() {}
}
