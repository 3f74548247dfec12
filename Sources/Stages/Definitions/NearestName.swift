internal import SyncModel

/// The candidate that somebody who wrote `text` most likely meant, or nil if none is near.
func nearestName(to text: String, among candidates: some Sequence<String>) -> String? {
    nearestNames(to: text, among: candidates, limit: 1).first
}
