import Glibc
import Synchronization

/// Why a zone cannot be had.
package struct TimeZoneFault: Error, Sendable, Equatable, CustomStringConvertible {
    package enum Code: String, Sendable {
        case notAName
        case unknown
        case unreadable
    }

    package var code: Code
    package var name: String
    package var reason: String

    package var description: String { "cannot use time zone \"\(name)\": \(reason)" }
}

/// The system's zone files, each read once until `forget()`.
package final class TimeZoneDatabase: Sendable {
    /// Debian's place for them.
    package static let systemFolder = "/usr/share/zoneinfo"

    private let folder: String
    private let known = Mutex<[String: TimeZoneRules]>([:])

    package init(folder: String = TimeZoneDatabase.systemFolder) {
        self.folder = folder
    }

    /// The rules of a zone; `UTC` needs no file.
    ///
    /// - Throws: when the name is none, no such zone is installed, or its file cannot be read.
    package func rules(named name: String) throws(TimeZoneFault) -> TimeZoneRules {
        if name == "UTC" { return .utc }
        if let rules = known.withLock({ $0[name] }) { return rules }
        guard TimeZoneRules.isName(name) else {
            throw TimeZoneFault(code: .notAName, name: name, reason: "a zone is named like Europe/London or UTC")
        }
        let bytes = try read(name)
        do {
            let rules = try TimeZoneFile.rules(named: name, from: bytes)
            known.withLock { $0[name] = rules }
            return rules
        } catch {
            let reason = "\(folder)/\(name) is not a zone file that can be used (\(error))"
            throw TimeZoneFault(code: .unreadable, name: name, reason: reason)
        }
    }

    /// Reads every zone anew when it is next asked for.
    package func forget() {
        known.withLock { $0.removeAll() }
    }

    /// The release of the zone data, as `2025b`; nil where the host does not say.
    package var version: String? {
        guard case .read(let bytes) = Self.contents(of: folder + "/tzdata.zi", atMost: 64) else { return nil }
        let line = String(decoding: bytes.prefix { $0 != 0x0A }, as: UTF8.self)
        return line.hasPrefix("# version ") ? String(line.dropFirst(10)) : nil
    }

    // MARK: - Implementation

    private enum Contents {
        case read([UInt8])
        case failed(Int32)
    }

    private func read(_ name: String) throws(TimeZoneFault) -> [UInt8] {
        switch Self.contents(of: folder + "/" + name, atMost: 1 << 20) {
        case .read(let bytes): return bytes
        case .failed(ENOENT), .failed(ENOTDIR), .failed(EISDIR):
            let suggestion = nearest(to: name).map { "; did you mean \($0)?" } ?? ""
            throw TimeZoneFault(code: .unknown, name: name, reason: "no such zone in \(folder)\(suggestion)")
        case .failed(let code):
            throw TimeZoneFault(code: .unreadable, name: name, reason: String(cString: strerror(code)))
        }
    }

    /// The installed zone whose name is most alike, case not looked at; nil: none is near.
    private func nearest(to name: String) -> String? {
        guard case .read(let bytes) = Self.contents(of: folder + "/tzdata.zi", atMost: 1 << 20) else { return nil }
        let wanted = Array(name.lowercased().utf8)
        var best: (name: String, distance: Int)?
        for line in bytes.split(separator: 0x0A) {
            let fields = line.split(separator: 0x20, maxSplits: 3)
            // `Z NAME …` is a zone, `L TARGET NAME` another name of one.
            let isZone = fields.first?.elementsEqual("Z".utf8) == true && fields.count > 1
            let isLink = fields.first?.elementsEqual("L".utf8) == true && fields.count > 2
            guard isZone || isLink else { continue }
            let candidate = String(decoding: fields[isZone ? 1 : 2], as: UTF8.self)
            let distance = editDistance(wanted, Array(candidate.lowercased().utf8), atMost: best?.distance ?? 3)
            if let distance, distance < best?.distance ?? .max { best = (candidate, distance) }
        }
        return best?.name
    }

    private static func contents(of path: String, atMost limit: Int) -> Contents {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return .failed(errno) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { return .failed(errno) }
        guard status.st_mode & S_IFMT == S_IFREG else { return .failed(EISDIR) }
        var bytes = [UInt8](repeating: 0, count: min(Int(status.st_size), limit))
        var filled = 0
        while filled < bytes.count {
            let count = bytes.withUnsafeMutableBytes { buffer in
                Glibc.read(descriptor, buffer.baseAddress?.advanced(by: filled), buffer.count - filled)
            }
            if count < 0 { return .failed(errno) }
            if count == 0 { break }
            filled += count
        }
        return .read(Array(bytes.prefix(filled)))
    }
}

/// How many letters were added, dropped or changed; nil: more than `limit`.
private func editDistance(_ left: [UInt8], _ right: [UInt8], atMost limit: Int) -> Int? {
    guard abs(left.count - right.count) <= limit else { return nil }
    var row = Array(0...right.count)
    for (index, letter) in left.enumerated() {
        var diagonal = row[0]
        row[0] = index + 1
        for (column, other) in right.enumerated() {
            let changed = diagonal + (letter == other ? 0 : 1)
            diagonal = row[column + 1]
            row[column + 1] = min(changed, row[column] + 1, row[column + 1] + 1)
        }
    }
    return row[right.count] <= limit ? row[right.count] : nil
}
