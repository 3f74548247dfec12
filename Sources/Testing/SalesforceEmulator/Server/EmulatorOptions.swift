/// How an emulator is started.
package struct EmulatorOptions: Sendable {
    /// Where it listens; port 0 takes a free one.
    package var host = "127.0.0.1"
    package var port = 0
    /// Speaks TLS with a certificate of its own, whose CA is written to `caFile`.
    package var usesTLS = false
    package var caFile: String?
    /// The text of an `org.yaml`, and the folder its file names are relative to.
    package var org: String?
    package var orgFolder = "."
    /// PEM texts of certificates or public keys that may sign assertions for `emulator-client`.
    package var jwtCertificates: [String] = []
    /// Where a snapshot is kept between runs.
    package var dataFolder: String?
    package var seed: UInt64 = 1
    package var isQuiet = true

    package init() {}

    /// `127.0.0.1:0`, as `--listen` takes it.
    var listenAddress: String { "\(host.contains(":") ? "[\(host)]" : host):\(port)" }
}

/// Where a running emulator is reached.
package struct EmulatorAddress: Sendable {
    /// `http://127.0.0.1:PORT`, no slash at the end.
    package var baseURL: String
    package var host: String
    package var port: Int
}
