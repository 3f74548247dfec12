/// Everything that a configuration folder defines, checked, by name.
package struct DefinitionSet: Sendable, Equatable {
    package var settings: DaemonSettings
    package var sources: [String: SourceDefinition]
    package var destinations: [String: DestinationDefinition]
    package var models: [String: ModelDefinition]
    package var syncs: [String: SyncDefinition]
    package var sequences: [String: SequenceDefinition]
    package var windows: [String: QuietWindowDefinition]

    package init(
        settings: DaemonSettings = DaemonSettings(),
        sources: [String: SourceDefinition] = [:],
        destinations: [String: DestinationDefinition] = [:],
        models: [String: ModelDefinition] = [:],
        syncs: [String: SyncDefinition] = [:],
        sequences: [String: SequenceDefinition] = [:],
        windows: [String: QuietWindowDefinition] = [:]
    ) {
        self.settings = settings
        self.sources = sources
        self.destinations = destinations
        self.models = models
        self.syncs = syncs
        self.sequences = sequences
        self.windows = windows
    }
}

/// Where a secret is to be had; never the secret itself.
package enum SecretReference: Sendable, Equatable {
    case credential(String)
    case environment(String)
    case file(String)
}

/// A value that may be a secret (`!credential`, `!env`, `!file`) or plain text.
package enum TextOrSecret: Sendable, Equatable {
    case text(String)
    case secret(SecretReference)
}

/// A share of a whole, written `20%`; 0.2 here.
package struct Share: Sendable, Equatable, Hashable, Codable {
    package var fraction: Double

    package init(fraction: Double) {
        self.fraction = fraction
    }
}

/// `sequenced.yaml`.
package struct DaemonSettings: Sendable, Equatable {
    package struct Roles: Sendable, Equatable {
        package var viewer: [String] = ["sequenced"]
        package var `operator`: [String] = ["sequenced"]
        package var admin: [String] = []
        package init() {}
    }

    package struct Retention: Sendable, Equatable {
        package var age: Duration = .seconds(30 * 86_400)
        /// Bytes.
        package var size: Int64 = 2 << 30
        package init() {}
    }

    package struct Requests: Sendable, Equatable {
        package var bodies = true
        package var redact: [String] = []
        package init() {}
    }

    package var description: String?
    /// Of calendars without a zone; nil: not written, UTC with a notice.
    package var timezone: String?
    package var roles = Roles()
    package var retention = Retention()
    package var requests = Requests()
    package var drainTimeout: Duration = .seconds(30)
    package var planAge: Duration = .seconds(3_600)
    package var notify: [NotificationDefinition] = []

    package init() {}
}

/// `sources/NAME.yaml`.
package struct SourceDefinition: Sendable, Equatable {
    package enum Kind: Sendable, Equatable {
        /// libpq's own words (`host`, `port`, `dbname`, `user`, `password`, `sslmode` …), `database` already as `dbname`.
        case postgres(parameters: [String: TextOrSecret])
        case sqlite(path: String)
        case csv(folder: String, delimiter: UInt8)
    }

    package var name: String
    package var description: String?
    package var kind: Kind

    package init(name: String, description: String? = nil, kind: Kind) {
        self.name = name
        self.description = description
        self.kind = kind
    }
}

/// `destinations/NAME.yaml`.
package struct DestinationDefinition: Sendable, Equatable {
    package enum Authorization: Sendable, Equatable {
        case jwtBearer(clientID: String, username: String, privateKey: TextOrSecret)
        case clientCredentials(clientID: String, clientSecret: TextOrSecret)
        case authorizationCode(clientID: String, clientSecret: TextOrSecret?, redirectURI: String)
    }

    package struct Limits: Sendable, Equatable {
        package var dailyAPICalls: Int?
        package var reserve = Share(fraction: 0.2)
        package var concurrentRequests = 20
        package var dailyBulkBatches: Int?
        package var dailyBulkRows: Int?
        package init() {}
    }

    package struct Automation: Sendable, Equatable {
        package struct Job: Sendable, Equatable {
            package var name: String
            package var objects: [String]
            package var lasts: Duration?

            package init(name: String, objects: [String], lasts: Duration?) {
                self.name = name
                self.objects = objects
                self.lasts = lasts
            }
        }

        package var discover = true
        package var poll: Duration = .seconds(60)
        package var jobs: [Job] = []
        /// Apex class → objects.
        package var watch: [String: [String]] = [:]
        package init() {}
    }

    package var name: String
    package var description: String?
    package var loginURL: String
    package var apiVersion: String
    package var authorization: Authorization
    package var caFile: String?
    package var proxy: String?
    package var limits = Limits()
    package var automation = Automation()

    package init(name: String, loginURL: String, apiVersion: String = "62.0", authorization: Authorization) {
        self.name = name
        self.loginURL = loginURL
        self.apiVersion = apiVersion
        self.authorization = authorization
    }
}

/// `models/NAME.yaml`.
package struct ModelDefinition: Sendable, Equatable {
    package enum Reading: Sendable, Equatable {
        /// SQL text, whether from a file beside the definition or inline.
        case sql(String)
        case table(String)
        /// A file in the folder of a csv source.
        case file(String)
    }

    package var name: String
    package var description: String?
    package var source: String
    package var reading: Reading
    package var primaryKey: [String]
    /// Of datetimes without a zone.
    package var timezone: String?

    package init(
        name: String,
        description: String? = nil,
        source: String,
        reading: Reading,
        primaryKey: [String],
        timezone: String? = nil
    ) {
        self.name = name
        self.description = description
        self.source = source
        self.reading = reading
        self.primaryKey = primaryKey
        self.timezone = timezone
    }
}
