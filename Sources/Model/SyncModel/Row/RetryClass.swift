/// What a failure calls for (reference 08-errors-and-limits, A2).
package enum RetryClass: String, Sendable, Codable, CaseIterable {
    /// Trouble that passes: again after a pause, rows in smaller batches.
    case transient
    /// A quota is used up: again when its window frees.
    case window
    /// The session ended: again once, after signing in.
    case auth
    /// May succeed batched or ordered otherwise: fewer at a time, then smaller.
    case shape
    /// The row is refused; again only when it changes.
    case data
    /// A setting or a right in the org; again after a person has changed it.
    case configuration
    /// The request was built wrongly: ours to mend.
    case bug
}
