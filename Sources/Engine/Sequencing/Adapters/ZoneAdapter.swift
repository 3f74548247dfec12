internal import CivilTime
internal import Shaping
internal import SyncModel

extension ModelDefinition {
    /// The zone of datetimes that have none, by the host's zone files; nil when the model names none.
    ///
    /// - Throws: `TimeZoneFault`.
    func localZone() throws -> LocalZone? {
        guard let timezone else { return nil }
        let rules = try Self.zones.rules(named: timezone)
        return LocalZone(name: timezone) { localSeconds in
            switch rules.reading(of: WallTime(microseconds: localSeconds * 1_000_000)) {
            case .unique(let instant): Int(localSeconds - instant.seconds)
            case .fold(let first, _): Int(localSeconds - first.seconds)
            case .gap(let transition): transition.before
            }
        }
    }

    private static let zones = TimeZoneDatabase()
}
