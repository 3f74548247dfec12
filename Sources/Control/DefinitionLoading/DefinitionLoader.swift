internal import CivilTime
internal import ConfigurationFolder
internal import ControlProtocol
package import Definitions
internal import Gating
internal import Scheduling
internal import SyncModel

/// A configuration folder, read and checked with what this host knows: its time zones.
package struct DefinitionLoader: Sendable {
    package let folder: String

    package init(folder: String) {
        self.folder = folder
    }

    /// Reads everything anew and checks all of it.
    ///
    /// - Throws: `ControlFault` when there is no such folder.
    package func read() throws -> DefinitionReading {
        Self.check(try files())
    }

    /// Every file in the folder, two levels deep, sorted by path.
    ///
    /// - Throws: `ControlFault` when the folder itself cannot be listed.
    package func files() throws -> [DefinitionFile] {
        do {
            return try ConfigurationFolder(path: folder).files().map { file in
                file.bytes.map { DefinitionFile(path: file.path, bytes: $0) }
                    ?? DefinitionFile(path: file.path, unreadable: file.reason)
            }
        } catch let failure as ConfigurationFolder.Failure {
            throw ControlFault(.notFound, failure.description)
        }
    }

    /// Checks files that are at hand.
    package static func check(_ files: [DefinitionFile]) -> DefinitionReading {
        let zones = TimeZoneDatabase()
        let lookUp: ZoneLookup = { name throws(TimeZoneFault) in try zones.rules(named: name) }
        var reading = readDefinitions(
            files,
            zoneCheck: { name in
                do throws(TimeZoneFault) {
                    _ = try lookUp(name)
                    return nil
                } catch {
                    return error.reason
                }
            }
        )
        guard let definitions = reading.definitions else { return reading }
        let places = DefinitionPlaces(files)
        // What the engine makes of schedules and windows must not fail later, when nobody looks.
        let zone = definitions.settings.timezone
        for sequence in definitions.sequences.values {
            do throws(ScheduleFault) {
                _ = try Schedule(sequence, defaultZone: zone, host: "", zones: lookUp)
            } catch {
                reading.refuse("sequences/\(sequence.name).yaml", key: "schedule", "\(error.cause)", places)
            }
        }
        for window in definitions.windows.values {
            do throws(GateFault) {
                _ = try QuietWindow(window, orgZone: nil, defaultZone: zone, zones: lookUp)
            } catch {
                reading.refuse("quiet-windows/\(window.name).yaml", key: "calendar", "\(error.cause)", places)
            }
        }
        return reading
    }
}

extension DefinitionReading {
    fileprivate mutating func refuse(_ file: String, key: String, _ message: String, _ places: DefinitionPlaces) {
        definitions = nil
        let spot = places.spot(of: key, in: file, isOfValue: true)
        faults.append(
            DefinitionFault(
                file: spot?.file ?? file,
                line: spot?.line ?? 1,
                column: spot?.column ?? 1,
                key: key,
                message: message
            )
        )
        faults.sort { $0.file < $1.file }
    }
}
