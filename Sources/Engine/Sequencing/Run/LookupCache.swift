/// Ids that were looked up in this run, so that a second sync which names the same parents does not ask again.
///
/// What was not found is not kept: an earlier step may deliver it.
package actor LookupCache {
    /// Some 50 MB; what comes later is asked for again.
    private static let most = 400_000
    private var ids: [String: [[UInt8]: String]] = [:]
    private var count = 0

    package init() {}

    func known(_ place: String) -> [[UInt8]: String] { ids[place] ?? [:] }

    func keep(_ found: [[UInt8]: String], of place: String) {
        guard count + found.count <= Self.most else { return }
        count += found.count
        ids[place, default: [:]].merge(found) { _, new in new }
    }
}
