/// The zone of datetimes that bring none (`timezone:` of the model).
package struct LocalZone: Sendable {
    package var name: String
    /// Seconds east of UTC of the zone's clock when it reads this local time (seconds since 1970-01-01T00:00:00 on that clock).
    ///
    /// Of a repeated hour the first pass; of a skipped one the offset before the change.
    package var offset: @Sendable (_ localSeconds: Int64) -> Int

    package init(name: String, offset: @escaping @Sendable (_ localSeconds: Int64) -> Int) {
        self.name = name
        self.offset = offset
    }

    package static let utc = LocalZone(name: "UTC") { _ in 0 }
}
